/*
 * Makes the monitor of Xorg's dummy driver one that can be switched off (the DPMS extension) and has no gamma ramps, as
 * old ones and some virtual machines' have: what drivers of hardware do is done here behind the dummy driver's back. A
 * module of the X server (Section "Module": Load "dpmsmonitor"), built against xserver-xorg-dev.
 */
#include <xorg-server.h>
#include <randrstr.h>
#include <xf86.h>
#include <xf86Crtc.h>
#include <xf86Module.h>
#include <xf86Priv.h>

static Bool (*probe)(DriverPtr driver, int flags);
static xf86ScreenInitProc *screen_init;

static Bool with_dpms(ScreenPtr screen, int argc, char **argv) {
  rrScrPrivPtr randr;
  if (!screen_init(screen, argc, argv)) return FALSE;
  randr = rrGetScrPriv(screen);
  for (int i = 0; randr && i < randr->numCrtcs; i++) RRCrtcGammaSetSize(randr->crtcs[i], 0);
  return xf86DPMSInit(screen, xf86DPMSSet, 0);
}

static Bool probe_and_wrap(DriverPtr driver, int flags) {
  Bool found = probe(driver, flags);
  for (int i = 0; i < xf86NumScreens; i++) {
    if (xf86Screens[i]->ScreenInit == with_dpms) continue;
    screen_init = xf86Screens[i]->ScreenInit;
    xf86Screens[i]->ScreenInit = with_dpms;
  }
  return found;
}

/* Called for all drivers when all have been loaded. */
static void identify(int flags) {
  for (int i = 0; i < xf86NumDrivers; i++) {
    DriverPtr driver = xf86DriverList[i];
    if (!driver || !driver->driverName || strcmp(driver->driverName, "dummy") != 0) continue;
    probe = driver->Probe;
    driver->Probe = probe_and_wrap;
  }
}

static Bool no_probe(DriverPtr driver, int flags) {
  return FALSE;
}

static DriverRec driver = {.driverVersion = 1, .driverName = "dpmsmonitor", .Identify = identify, .Probe = no_probe};

static void *set_up(void *module, void *options, int *error_major, int *error_minor) {
  xf86AddDriver(&driver, module, 0);
  return module;
}

static XF86ModuleVersionInfo version = {
    .modname = "dpmsmonitor",
    .vendor = "Porthole's tests",
    ._modinfo1_ = MODINFOSTRING1,
    ._modinfo2_ = MODINFOSTRING2,
    .xf86version = XORG_VERSION_CURRENT,
    .majorversion = 1,
    .abiclass = ABI_CLASS_VIDEODRV,
    .abiversion = ABI_VIDEODRV_VERSION,
    .moduleclass = MOD_CLASS_NONE,
};

_X_EXPORT XF86ModuleData dpmsmonitorModuleData = {.vers = &version, .setup = set_up};
