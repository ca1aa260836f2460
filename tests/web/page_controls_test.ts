/** What can be chosen and seen on the page besides the desktop, in Chromium. @module */
import assert from "node:assert/strict";
import type { ServerObserver, UpdateSent } from "../../lib/core/observer.ts";
import type { TestPage } from "../support/browser.ts";
import { IN_CHROMIUM, Stage } from "../support/browser_stage.ts";
import { eventually, EventWindow } from "../support/input_observer.ts";
import { Copied, pasted } from "../support/selections.ts";
import { ShapingProxy } from "../support/shaping_proxy.ts";
import { perform, resizeScreen, WORKLOADS } from "../support/x11_desktop.ts";

/** A box on the page, in CSS pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(page: TestPage, selector: string): Promise<Box> {
  const box = await page.page.locator(selector).first().boundingBox();
  assert.ok(box, `${selector} is not to be seen`);
  return box;
}

/** Opens the menu with sizes and qualities, chooses, and closes it. */
async function choose(page: TestPage, value: string): Promise<void> {
  await page.page.click("#tool-picture");
  await page.page.check(`#picture input[value=${value}]`);
  await page.page.keyboard.press("Escape");
}

// Size

Deno.test("the desktop fits into the window, or is shown one to one and scrolls", IN_CHROMIUM, async () => {
  await using stage = await Stage.start();
  await using events = await EventWindow.start(stage.xvfb.display);
  await using page = await stage.connect(stage.url, { viewport: { width: 500, height: 400 } });
  await page.page.click("#tool-statistics");
  const resolution = () => page.page.innerText("#stat-resolution");
  const fitted = await boxOf(page, page.canvas);
  assert.ok(fitted.width <= 500 && fitted.height <= 400, JSON.stringify(fitted));
  assert.ok(Math.abs(fitted.width / fitted.height - 640 / 480) < 0.02, "its proportions stay");
  const percent = Math.round(fitted.width / 640 * 100);
  await eventually(async () => assert.equal(await resolution(), `640\xa0×\xa0480 at ${percent}\xa0%`));
  await page.page.click("#tool-statistics");
  await choose(page, "one");
  await eventually(async () => {
    const { width, height } = await boxOf(page, page.canvas);
    assert.deepEqual([width, height], [640, 480]);
  });
  await page.shows(stage.screenshot);
  // What is out of sight can be brought into sight, and is where it seems to be.
  await page.page.evaluate(
    `((area) => area.scrollTo(area.scrollWidth, area.scrollHeight))(document.querySelector("#screen > div"))`,
  );
  const corner = await page.place(630, 470);
  assert.ok(corner.x < 500 && corner.y < 400, JSON.stringify(corner));
  await page.point(630, 470);
  await events.until(/^motion 630 470 /);
  // The choice is kept.
  await page.page.reload();
  await page.reaches("connected");
  await eventually(async () => assert.equal((await boxOf(page, page.canvas)).width, 640));
});

Deno.test("one to one on a phone, dragging moves the picture once that is chosen", IN_CHROMIUM, async () => {
  await using stage = await Stage.start();
  await using page = await stage.connect(stage.url, PHONE);
  assert.ok(!await page.page.isVisible("#tool-pan"));
  await choose(page, "one");
  await page.page.locator("#tool-pan").tap();
  assert.equal(await page.page.getAttribute("#tool-pan", "aria-pressed"), "true");
  // What is seen of the desktop, as noVNC has put it on its canvas.
  const seen = () =>
    page.page.evaluate(`document.querySelector("${page.canvas}").toDataURL()`) as Promise<string>;
  const before = await seen();
  await page.page.mouse.move(300, 300);
  await page.page.mouse.down();
  await page.page.mouse.move(100, 300, { steps: 5 });
  await page.page.mouse.up();
  await eventually(async () => assert.notEqual(await seen(), before));
  await choose(page, "fit");
  await eventually(async () => assert.ok(!await page.page.isVisible("#tool-pan")));
  await page.shows(stage.screenshot);
});

// Quality

Deno.test("better quality is more bytes, and the last picture is always right", IN_CHROMIUM, async () => {
  const updates: UpdateSent[] = [];
  const observer: ServerObserver = { updateSent: (update) => void updates.push(update) };
  await using stage = await Stage.start({ observers: [observer] });
  await using page = await stage.connect();
  await stage.drawing.draw("window 1 20 20 400 300 000000");
  await page.shows(stage.screenshot);
  /** Bytes of a pixel while the window's picture moves; when it rests, it comes once more without loss. */
  const cost = async (quality: string): Promise<number> => {
    await choose(page, quality);
    await page.shows(stage.screenshot);
    updates.length = 0;
    for (let seed = 1; seed <= 12; seed++) {
      await stage.drawing.draw(`noise 1 0 0 400 300 ${seed}`);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const moving = updates.splice(0).flatMap(({ rects }) => rects);
    await page.shows(stage.screenshot);
    const pixels = moving.reduce((sum, { rect: { width, height } }) => sum + width * height, 0);
    assert.ok(pixels >= 400 * 300, `${pixels} pixels were sent while the picture moved`);
    return moving.reduce((sum, { bytes }) => sum + bytes, 0) / pixels;
  };
  const [best, balanced, least] = [await cost("best"), await cost("balanced"), await cost("least")];
  assert.ok(best > 1.3 * balanced, `best takes ${best} bytes a pixel, balanced ${balanced}`);
  assert.ok(balanced > 1.3 * least, `balanced takes ${balanced} bytes a pixel, least ${least}`);
  assert.equal(await page.page.isChecked("#picture input[value=least]"), true);
});

// Full screen

Deno.test(
  "full screen gives the desktop all of it, and the bar comes when the pointer is at the edge",
  IN_CHROMIUM,
  async () => {
    await using stage = await Stage.start();
    await using page = await stage.connect();
    const full = page.page.locator("#tool-full");
    await full.click();
    await eventually(async () => assert.equal(await full.getAttribute("aria-pressed"), "true"));
    assert.equal(await page.page.evaluate("document.fullscreenElement === document.documentElement"), true);
    await page.page.mouse.move(300, 300);
    await page.page.locator(page.canvas).focus();
    const barBottom = async () => {
      const { y, height } = await boxOf(page, "#bar");
      return y + height;
    };
    await eventually(async () => assert.ok(await barBottom() <= 5, "the bar makes way"));
    const windowHeight = Number(await page.page.evaluate("innerHeight"));
    assert.equal((await boxOf(page, "#stage")).height, windowHeight);
    await page.shows(stage.screenshot);
    await page.page.mouse.move(300, 1);
    await eventually(async () => assert.ok(await barBottom() > 40, "the bar comes"));
    await full.click();
    await eventually(async () => assert.equal(await full.getAttribute("aria-pressed"), "false"));
    assert.equal(await page.page.evaluate("document.fullscreenElement"), null);
  },
);

// Dark and light

/** Contrast of two colours as WCAG 2.2 reckons it, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map((hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  }).toSorted((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

Deno.test(
  "the page is as dark or light as the system, or as its user has chosen; texts can be read in both",
  IN_CHROMIUM,
  async () => {
    await using stage = await Stage.start({ password: "secret" });
    await using page = await stage.browser.open(stage.url, { colorScheme: "dark" });
    await page.reaches("asking");
    const isShown = (theme: string, why?: string) =>
      eventually(async () => {
        assert.equal(await page.page.evaluate("document.documentElement.dataset.theme"), theme, why);
      });
    await isShown("dark");
    await page.page.emulateMedia({ colorScheme: "light" });
    await isShown("light", "it follows the system");
    await page.page.click("#tool-theme");
    await isShown("dark");
    await page.page.reload();
    await page.reaches("asking");
    await isShown("dark", "it remembers");
    await page.page.click("#tool-theme");
    await isShown("light");
    for (const scheme of ["dark", "light"] as const) {
      await page.page.emulateMedia({ colorScheme: scheme });
      await isShown(scheme, "what the system says was chosen again, and is followed");
      const colour = async (name: string) =>
        String(
          await page.page.evaluate(
            `getComputedStyle(document.documentElement).getPropertyValue("--${name}")`,
          ),
        );
      const pairs = [
        ["text", "surface"],
        ["text", "deep"],
        ["soft", "surface"],
        ["soft", "hover"],
        ["danger", "surface"],
        ["accent", "accent-soft"],
        ["accent-text", "accent"],
      ] as const;
      for (const [front, back] of pairs) {
        const ratio = contrast(await colour(front), await colour(back));
        assert.ok(ratio >= 4.5, `${scheme}: ${front} on ${back} has ${ratio.toFixed(2)}`);
      }
    }
  },
);

// Figures

Deno.test("the page's plots rise with what happens and fall when nothing does", IN_CHROMIUM, async () => {
  await using stage = await Stage.start();
  await using page = await stage.connect();
  await page.page.click("#tool-statistics");
  /** How high the line stands at the right edge: from 0 to 1. */
  const height = (figure: string) =>
    page.page.evaluate(`(() => {
      const { width, height } = document.getElementById("plot-${figure}");
      const context = document.getElementById("plot-${figure}").getContext("2d");
      const column = context.getImageData(width - 2, 0, 1, height).data;
      for (let y = 0; y < height; y++) if (column[4 * y + 3] > 200) return 1 - y / height;
      return 0;
    })()`) as Promise<number>;
  await stage.drawing.draw("window 1 100 100 320 180 000000");
  const until = performance.now() + 4000;
  // The longest round trip sets the scale; how long the last one takes is chance.
  let longest = 0;
  for (let seed = 1; performance.now() < until; seed++) {
    await stage.drawing.draw(`rects 1 40 ${seed}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (seed % 5 === 0) longest = Math.max(longest, await height("rtt"));
  }
  for (const figure of ["fps", "bandwidth"]) {
    assert.ok(await height(figure) > 0.3, `${figure} is at ${await height(figure)}`);
  }
  assert.ok(longest > 0.3, `rtt was at ${longest}`);
  assert.ok(await height("rtt") > 0, "rtt is drawn to the end");
  await eventually(async () => {
    for (const figure of ["fps", "bandwidth"]) assert.ok(await height(figure) < 0.15, figure);
  });
});

Deno.test("the round trip that the page shows is that of the way, within 10 %", IN_CHROMIUM, async () => {
  const measured: number[] = [];
  const observer: ServerObserver = {
    roundTripMeasured: ({ roundTripMs }) => void measured.push(roundTripMs),
  };
  await using stage = await Stage.start({ observers: [observer] });
  const oneWayMs = 60;
  await using way = new ShapingProxy(stage.server.webPort!, { delayMs: oneWayMs });
  await using page = await stage.connect(`http://127.0.0.1:${way.port}/`);
  let shown = 0;
  await eventually(async () => {
    await stage.drawing.draw("fill 9 10 10 20 20 ff00ff", "fill 9 10 10 20 20 00ff00");
    shown = (await page.statistics()).roundTripMs;
    assert.ok(measured.length > 5);
    // The proxy adds what a timer is late, in both directions.
    assert.ok(shown >= 2 * oneWayMs && shown <= 2.2 * oneWayMs + 5, `${shown} ms`);
  }, 20_000);
  const own = measured.toSorted((a, b) => a - b)[measured.length >> 1]!;
  assert.ok(Math.abs(shown - own) <= own * 0.1 + 5, `the page has ${shown} ms, the server ${own}`);
});

Deno.test(
  "the encodings that the page shows are the server's, by pixels, and the resolution is the desktop's",
  IN_CHROMIUM,
  async () => {
    const updates: { readonly at: number; readonly rects: UpdateSent["rects"] }[] = [];
    const observer: ServerObserver = {
      updateSent: ({ rects }) => void updates.push({ at: performance.now(), rects }),
    };
    await using stage = await Stage.start({ observers: [observer] });
    await using page = await stage.connect();
    await page.page.click("#tool-statistics");
    let playing = true;
    const scrolling = (async () => {
      while (playing) await perform(stage.drawing, WORKLOADS.terminal!, 5);
    })();
    const NAMES: Record<number, string> = { 0: "Raw", 1: "CopyRect", 7: "Tight", 16: "ZRLE" };
    try {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await eventually(async () => {
        const text = await page.page.innerText("#stat-encoding");
        const now = performance.now();
        const areas = new Map<string, number>();
        for (const { at, rects } of updates) {
          if (now - at > 2000) continue;
          for (const { rect: { width, height }, encoding } of rects) {
            if (encoding < 0) continue;
            const name = NAMES[encoding]!;
            areas.set(name, (areas.get(name) ?? 0) + width * height);
          }
        }
        const all = areas.values().reduce((sum, area) => sum + area, 0);
        const shown = new Map(
          text.split(", ").map((part) => {
            const [name, share = "100"] = part.split("\xa0");
            return [name!, Number(share) / 100];
          }),
        );
        for (const [name, area] of areas) {
          if (area / all < 0.02) continue;
          assert.ok(Math.abs((shown.get(name) ?? 0) - area / all) <= 0.1, `${name}: ${text}, ${area / all}`);
        }
      });
    } finally {
      playing = false;
      await scrolling;
    }
    await resizeScreen(stage.xvfb.display, { width: 500, height: 400 });
    await eventually(async () => {
      assert.match(await page.page.innerText("#stat-resolution"), /^500\s×\s400/);
    });
  },
);

// Small screens

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true } as const;

const SCREENS = [
  { name: "a phone", ...PHONE.viewport },
  { name: "a small phone", width: 320, height: 568 },
  { name: "a phone on its side", width: 780, height: 360 },
  { name: "a tablet", width: 820, height: 1100 },
] as const;

for (const { name, ...viewport } of SCREENS) {
  Deno.test(`everything is within reach on ${name}, and nothing reaches beyond it`, IN_CHROMIUM, async () => {
    const desktop = "A desktop with quite a long name, as some have";
    await using stage = await Stage.start({ password: "secret", name: desktop });
    await using page = await stage.browser.open(stage.url, { ...PHONE, viewport });
    const inside = async (selector: string) => {
      const { x, y, width, height } = await boxOf(page, selector);
      const within = x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height;
      assert.ok(within, `${selector} is at ${x},${y} with ${width}x${height}`);
      return { width, height };
    };
    await page.reaches("asking");
    for (const selector of ["#card", "#password", "#connect", "#tool-theme"]) await inside(selector);
    await page.page.fill("#password", "secret");
    await page.page.click("#connect");
    await page.reaches("connected");
    await page.shows(stage.screenshot);
    const tools = [
      "view-only",
      "picture",
      "keys",
      "clipboard",
      "keyboard",
      "statistics",
      "full",
      "theme",
      "leave",
    ];
    for (const tool of tools) {
      const { width, height } = await inside(`#tool-${tool}`);
      assert.ok(width >= 30 && height >= 40, `#tool-${tool} is ${width}x${height}: too small for a finger`);
    }
    for (const menu of ["picture", "keys", "clipboard"]) {
      await page.page.locator(`#tool-${menu}`).tap();
      await inside(`#${menu}`);
      assert.equal(await page.page.getAttribute(`#tool-${menu}`, "aria-expanded"), "true");
      // What does not fit can be scrolled to, downwards only.
      const last = page.page.locator(`#${menu} :is(button, input):visible`).last();
      await last.scrollIntoViewIfNeeded();
      const sideways = `((menu) => menu.scrollWidth - menu.clientWidth)(document.getElementById("${menu}"))`;
      assert.equal(await page.page.evaluate(sideways), 0, menu);
      await page.page.locator(`#tool-${menu}`).tap();
      await page.page.locator(`#${menu}`).waitFor({ state: "hidden" });
    }
    await page.page.locator("#tool-statistics").tap();
    await inside("#statistics");
    const beyond = await page.page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.equal(beyond, 0, "nothing to scroll sideways");
    assert.deepEqual(page.problems, []);
  });
}

// Clipboard and keyboard

Deno.test(
  "the device's own clipboard is taken and filled where the browser allows it",
  IN_CHROMIUM,
  async () => {
    await using stage = await Stage.start();
    await using page = await stage.connect(stage.url, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.page.click("#tool-clipboard");
    const field = page.page.locator("#clipboard-text");
    const note = () => page.page.innerText("#clipboard-note");
    {
      await using _copied = await Copied.text(stage.xvfb.display, "from the desktop: ü漢");
      await eventually(async () => assert.equal(await field.inputValue(), "from the desktop: ü漢"));
      await page.page.click("#clipboard-copy");
      await eventually(async () => assert.match(await note(), /Copied/));
      const own = await page.page.evaluate("navigator.clipboard.readText()");
      assert.equal(own, "from the desktop: ü漢");
    }
    await page.page.evaluate(`navigator.clipboard.writeText("from the device: ß字")`);
    await page.page.click("#clipboard-paste");
    await eventually(async () => assert.match(await note(), /Sent/));
    await pasted(stage.xvfb.display, "from the device: ß字");
  },
);

Deno.test("menus are opened, used and left by keys alone", IN_CHROMIUM, async () => {
  await using stage = await Stage.start();
  await using events = await EventWindow.start(stage.xvfb.display);
  await using page = await stage.connect();
  const { keyboard } = page.page;
  const focused = () => page.page.evaluate("document.activeElement.id || document.activeElement.value");
  await keyboard.press("Control+Alt+Shift+KeyP");
  await keyboard.press("Tab");
  assert.equal(await focused(), "tool-picture");
  await keyboard.press("Enter");
  await page.page.locator("#picture").waitFor({ state: "visible" });
  await keyboard.press("Tab");
  assert.equal(await focused(), "fit");
  await keyboard.press("ArrowDown");
  assert.equal(await focused(), "one");
  assert.ok(await page.page.isChecked("#picture input[value=one]"));
  await keyboard.press("Escape");
  await page.page.locator("#picture").waitFor({ state: "hidden" });
  // From the menu the keys go to the desktop again.
  await eventually(async () => assert.notEqual(await focused(), "tool-picture"));
  await keyboard.press("x");
  await events.until(/^key x \S+ down/);
});
