/** The embedded page is that of the sources. @module */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { PAGE_FILES, PAGE_SOURCES_SHA256 } from "../../lib/web/page_files.ts";
import { sourcesHash } from "../../tools/build_page.ts";

const SOURCES = new URL("../../lib/web/page/", import.meta.url);

function contents(name: string): string {
  return new TextDecoder().decode(gunzipSync(Uint8Array.fromBase64(PAGE_FILES[name]!.gzip)));
}

Deno.test("page_files.ts was made from the sources as they are (else: deno task page)", () => {
  assert.equal(PAGE_SOURCES_SHA256, sourcesHash());
  for (const name of ["index.html", "style.css", "icon.svg", "licenses.txt"]) {
    assert.equal(contents(name), Deno.readTextFileSync(new URL(name, SOURCES)), name);
  }
});

Deno.test("the page has no script or style in its HTML, and asks nobody else for anything", () => {
  const html = contents("index.html");
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
  for (const [, url] of html.matchAll(/\b(?:src|href)="([^"]*)"/g)) {
    assert.match(url!, /^(#[\w-]+|[\w.-]+)$/, "a file beside the page, or a part of it");
  }
  assert.doesNotMatch(contents("style.css"), /@import|url\(/);
});

Deno.test("every file that the page names is there, and every element that the script names", () => {
  const html = contents("index.html");
  const files = html.matchAll(/\b(?:src|href)="([\w.-]+)"/g).map(([, name]) => name!);
  for (const name of files) assert.ok(PAGE_FILES[name], name);
  const ids = new Set(html.matchAll(/\bid="([\w-]+)"/g).map(([, id]) => id));
  for (const { name } of Deno.readDirSync(SOURCES)) {
    if (!name.endsWith(".ts")) continue;
    const source = Deno.readTextFileSync(new URL(name, SOURCES));
    for (const [, id] of source.matchAll(/\b(?:element|button)\("([\w-]+)"/g)) {
      assert.ok(ids.has(id), `${name}: ${id}`);
    }
  }
  for (const [, id] of html.matchAll(/\b(?:aria-controls|popovertarget|aria-labelledby|for)="([\w-]+)"/g)) {
    assert.ok(ids.has(id), id);
  }
});

Deno.test("every button of the page has a name", () => {
  for (const [, attributes, text] of contents("index.html").matchAll(/<button\b([^>]*)>([^]*?)<\/button>/g)) {
    const words = text!.replaceAll(/<svg[^]*?<\/svg>|<[^>]*>/g, "").trim();
    assert.ok(words !== "" || /aria-label="[^"]+"/.test(attributes!), attributes);
  }
});
