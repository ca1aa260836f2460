/**
 * Who controls the desktop, and how control goes from one to another.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ControlChange,
  type ControlPolicy,
  InputControl,
  type Participant,
} from "../../lib/session/input_control.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

class Person implements Participant {
  mayControl = true;
  released = 0;
  told = 0;

  constructor(readonly id: number, readonly isOwner = false) {}

  letGo(): void {
    this.released++;
  }

  controlChanged(): void {
    this.told++;
  }
}

class Stage implements Disposable {
  readonly time = new SimulatedTime();
  readonly changes: ControlChange[] = [];
  readonly control: InputControl;
  policy: ControlPolicy = "single-controller";
  idleSeconds = 60;

  constructor() {
    this.control = new InputControl({
      clock: this.time,
      rules: () => ({ inputControlPolicy: this.policy, controlIdleSeconds: this.idleSeconds }),
      changed: (change) => this.changes.push(change),
    });
  }

  get lastChange(): ControlChange | undefined {
    return this.changes.at(-1);
  }

  [Symbol.dispose](): void {
    this.control[Symbol.dispose]();
  }
}

Deno.test("InputControl lets everybody act who may touch anything, when control is shared", () => {
  using stage = new Stage();
  stage.policy = "shared";
  const [anna, berta, viewer] = [new Person(1), new Person(2), new Person(3)];
  viewer.mayControl = false;
  for (const one of [anna, berta, viewer]) stage.control.join(one);
  assert.deepEqual([anna, berta, viewer].map((one) => stage.control.act(one, true)), [true, true, false]);
  assert.deepEqual([anna, berta, viewer].map((one) => stage.control.has(one)), [true, true, false]);
  assert.equal(stage.control.controller, undefined);
  assert.deepEqual(stage.changes, []);
  assert.match(stage.control.give(1)!, /Everybody has control/);
});

Deno.test("InputControl gives the first one control, and the next one when that has gone and it presses something", () => {
  using stage = new Stage();
  const [anna, berta] = [new Person(1), new Person(2)];
  using seat = stage.control.join(anna);
  using _other = stage.control.join(berta);
  assert.equal(stage.control.controller, 1);
  assert.ok(stage.control.act(anna, false));
  assert.ok(!stage.control.act(berta, true), "it is another's");
  assert.ok(!stage.control.isOpenTo(berta));
  seat[Symbol.dispose]();
  assert.deepEqual(stage.lastChange, { from: 1, to: undefined, reason: "left" });
  assert.ok(stage.control.isOpenTo(berta));
  assert.ok(!stage.control.act(berta, false), "a pointer that passes by takes nothing");
  assert.ok(stage.control.act(berta, true));
  assert.deepEqual(stage.lastChange, { from: undefined, to: 2, reason: "free" });
});

Deno.test("InputControl makes who loses control let go, and tells everybody", () => {
  using stage = new Stage();
  const [anna, berta] = [new Person(1), new Person(2)];
  stage.control.join(anna);
  stage.control.join(berta);
  const told = [anna.told, berta.told];
  assert.equal(stage.control.give(2), undefined);
  assert.deepEqual([anna.released, berta.released], [1, 0]);
  assert.deepEqual([anna.told, berta.told], told.map((count) => count + 1));
  assert.deepEqual(stage.lastChange, { from: 1, to: 2, reason: "operator" });
  assert.ok(!stage.control.act(anna, true));
});

Deno.test("InputControl lets an owner take control at once, but not from an owner", () => {
  using stage = new Stage();
  const [anna, owner, second] = [new Person(1), new Person(2, true), new Person(3, true)];
  for (const one of [anna, owner, second]) stage.control.join(one);
  assert.ok(!stage.control.act(owner, false), "not by moving the pointer");
  assert.ok(stage.control.act(owner, true));
  assert.deepEqual(stage.lastChange, { from: 1, to: 2, reason: "owner" });
  assert.equal(anna.released, 1);
  assert.ok(!stage.control.act(second, true));
  assert.ok(!stage.control.act(anna, true));
});

Deno.test("InputControl never lets a viewer have control: not when it is free, not by the operator", () => {
  using stage = new Stage();
  const viewer = new Person(1, true);
  viewer.mayControl = false;
  stage.control.join(viewer);
  assert.equal(stage.control.controller, undefined);
  assert.ok(!stage.control.act(viewer, true));
  assert.equal(stage.control.give(1), "Session 1 may look only");
  assert.equal(stage.control.give(9), "There is no session 9");
});

Deno.test("InputControl frees control when its holder does nothing for a while", async () => {
  using stage = new Stage();
  const [anna, berta] = [new Person(1), new Person(2)];
  stage.control.join(anna);
  stage.control.join(berta);
  await stage.time.pass(59_000);
  assert.ok(stage.control.act(anna, false), "moving the pointer is doing something");
  await stage.time.pass(59_999);
  assert.equal(stage.control.controller, 1);
  await stage.time.pass(2);
  assert.deepEqual(stage.lastChange, { from: 1, to: undefined, reason: "idle" });
  assert.equal(anna.released, 1);
  assert.ok(stage.control.act(berta, true));
});

Deno.test("InputControl never takes control from who is idle when it is told not to", async () => {
  using stage = new Stage();
  stage.idleSeconds = 0;
  stage.control.join(new Person(1));
  await stage.time.pass(86_400_000);
  assert.equal(stage.control.controller, 1);
});

Deno.test("InputControl gives others a chance when the operator takes control away", async () => {
  using stage = new Stage();
  const [anna, berta] = [new Person(1), new Person(2)];
  stage.control.join(anna);
  stage.control.join(berta);
  assert.equal(stage.control.release(), undefined);
  assert.equal(stage.control.release(), "Nobody has control");
  assert.ok(!stage.control.act(anna, true), "who had it goes on typing");
  assert.ok(stage.control.act(berta, true));
  stage.control.release();
  await stage.time.pass(5001);
  assert.ok(stage.control.act(berta, true), "nobody else wanted it");
});

Deno.test("InputControl lets go what others hold when the rules change", () => {
  using stage = new Stage();
  stage.policy = "shared";
  const [anna, berta] = [new Person(1), new Person(2)];
  stage.control.join(anna);
  stage.control.join(berta);
  stage.policy = "single-controller";
  stage.control.review();
  assert.deepEqual([anna.released, berta.released], [1, 1], "nobody has control yet");
  assert.ok(stage.control.act(anna, true));
  anna.mayControl = false;
  stage.control.review();
  assert.deepEqual(stage.lastChange, { from: 1, to: undefined, reason: "rules" });
  assert.ok(stage.control.act(berta, true));
  stage.policy = "shared";
  stage.control.review();
  assert.equal(stage.control.controller, undefined);
  assert.ok(stage.control.has(berta));
});

Deno.test("InputControl never has two controllers, whatever happens", async () => {
  const step = fc.record({
    what: fc.constantFrom("join", "leave", "press", "move", "give", "release", "pass", "policy", "bar"),
    who: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      using stage = new Stage();
      const people = Array.from({ length: 5 }, (_, id) => new Person(id, id === 0));
      const seats = new Map<Person, Disposable>();
      for (const { what, who } of steps) {
        const person = people[who]!;
        const before = people.filter((one) => seats.has(one) && stage.control.has(one));
        const counts = before.map((one) => one.released);
        if (what === "join" && !seats.has(person)) seats.set(person, stage.control.join(person));
        if (what === "leave") {
          seats.get(person)?.[Symbol.dispose]();
          seats.delete(person);
        }
        if ((what === "press" || what === "move") && seats.has(person)) {
          const counts = stage.control.act(person, what === "press");
          assert.equal(counts, stage.control.has(person));
        }
        if (what === "give") stage.control.give(who);
        if (what === "release") stage.control.release();
        if (what === "pass") await stage.time.pass(20_000);
        if (what === "policy") stage.policy = stage.policy === "shared" ? "single-controller" : "shared";
        if (what === "bar") person.mayControl = !person.mayControl;
        if (what === "policy" || what === "bar") stage.control.review();
        const after = people.filter((one) => seats.has(one) && stage.control.has(one));
        if (stage.policy === "single-controller") assert.ok(after.length <= 1);
        assert.ok(after.every((one) => one.mayControl));
        before.forEach((one, at) => {
          const lost = seats.has(one) && !after.includes(one);
          if (lost) assert.ok(one.released > counts[at]!, "who loses control lets go");
        });
      }
    }),
    { seed: 20260, numRuns: 300 },
  );
});
