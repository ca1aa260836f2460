/**
 * Real viewers under their own X server see what the source's X server has, and their keys and pointer arrive there.
 *
 * @module
 */
import { EventWindow, Terminal } from "../support/input_observer.ts";
import { Copied, pasted } from "../support/selections.ts";
import { type ViewerDefinition, ViewerDesk, VIEWERS } from "../support/viewers.ts";
import { Drawing, perform, WORKLOADS } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";
import { INPUT_SERVERS, SERVERS, type ServerUnderTest } from "./servers.ts";

/** What a channel may be off, where a viewer asks for JPEG and the server leaves it at that. */
function toleranceOf(viewer: ViewerDefinition, server: ServerUnderTest): number {
  return viewer.lossy && server.lossy ? 48 : 0;
}

for (const server of SERVERS) {
  for (const viewer of VIEWERS) {
    Deno.test(`${viewer.name} shows the screen of ${server.name}, pixel by pixel`, async () => {
      await using xvfb = await Xvfb.start({ width: 480, height: 360 });
      await using drawing = await Drawing.start(xvfb.display);
      await drawing.draw("cursor -1 -1", "rects -1 60 1");
      await using running = await server.start(xvfb.display);
      await using desk = await ViewerDesk.start();
      for (const encoding of viewer.encodings.length > 0 ? viewer.encodings : [undefined]) {
        await using opened = await desk.open(viewer, {
          port: running.port,
          ...(encoding === undefined ? {} : { encoding }),
        });
        await opened.shows(() => drawing.screenshot(), toleranceOf(viewer, server));
        for (const name of ["terminal", "drag", "resizing"]) {
          await perform(drawing, WORKLOADS[name]!, 8);
          await opened.shows(() => drawing.screenshot(), toleranceOf(viewer, server));
        }
      }
    });
  }
}

for (const server of INPUT_SERVERS) {
  for (const viewer of VIEWERS) {
    Deno.test(`${viewer.name} types and points on the screen of ${server.name}`, async () => {
      await using xvfb = await Xvfb.start({ width: 480, height: 360 });
      await using drawing = await Drawing.start(xvfb.display);
      await using running = await server.start(xvfb.display);
      await using desk = await ViewerDesk.start();
      await using events = await EventWindow.start(xvfb.display);
      await using opened = await desk.open(viewer, { port: running.port });
      await drawing.draw("cursor -1 -1", "rects -1 30 2");
      await opened.shows(() => drawing.screenshot(), toleranceOf(viewer, server));
      await opened.move(100, 80);
      await events.until(/^motion 100 80 /);
      await opened.click(1, 2);
      for (const state of ["down", "up", "down", "up"]) {
        await events.until(new RegExp(`^button 1 ${state} 100 80`));
      }
      await opened.click(4);
      await events.until(/^button 4 down/);
      await opened.drag({ x: 50, y: 60 }, { x: 250, y: 160 });
      await events.until(/^button 1 down 50 60/);
      await events.until(/^motion 250 160 1/);
      await events.until(/^button 1 up 250 160/);
      await opened.key("ctrl+a", "F5");
      await events.until(/^key a 61 down 4 /);
      await events.until(/^key F5 ffc2 down 0 /);
      await opened.type("xY1");
      await events.until(/^key x 78 down 0 78/);
      await events.until(/^key Y 59 down 1 59/);
      await events.until(/^key 1 31 down 0 31/);
    });
  }

  Deno.test(`xtigervncviewer logs in to ${server.name} with a password and types into a terminal`, async () => {
    await using xvfb = await Xvfb.start({ width: 480, height: 360 });
    await using drawing = await Drawing.start(xvfb.display);
    await using terminal = await Terminal.start(xvfb.display);
    await drawing.draw("cursor -1 -1");
    await using running = await server.start(xvfb.display, { password: "geheim" });
    await using desk = await ViewerDesk.start();
    await using opened = await desk.open(VIEWERS[0]!, { port: running.port, password: "geheim" });
    await opened.shows(() => drawing.screenshot(), 0);
    await opened.move(100, 60);
    await opened.type("Hello, World!");
    await terminal.typed("Hello, World!");
  });
}

for (const server of INPUT_SERVERS.filter(({ sharesClipboard }) => sharesClipboard)) {
  Deno.test(`xtigervncviewer shares the clipboard with ${server.name}, both ways and in Unicode`, async () => {
    await using xvfb = await Xvfb.start({ width: 480, height: 360 });
    await using drawing = await Drawing.start(xvfb.display);
    await drawing.draw("cursor -1 -1", "rects -1 30 2");
    await using running = await server.start(xvfb.display);
    await using desk = await ViewerDesk.start();
    await using opened = await desk.open(VIEWERS[0]!, { port: running.port });
    await opened.shows(() => drawing.screenshot(), 0);
    {
      await using _copied = await Copied.text(xvfb.display, "from the desktop: Grüße Привет 日本 😀");
      await pasted(desk.display, "from the desktop: Grüße Привет 日本 😀");
    }
    {
      await using _copied = await Copied.text(
        desk.display,
        "from the viewer: Grüße Привет 日本 😀\nnext line",
      );
      await pasted(xvfb.display, "from the viewer: Grüße Привет 日本 😀\nnext line");
    }
    await using _again = await Copied.text(xvfb.display, "and back");
    await pasted(desk.display, "and back");
  });
}
