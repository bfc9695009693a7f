import assert from "node:assert/strict";
import { mock, test } from "node:test";

globalThis.Element = class {
  closest() {
    return this.link;
  }
};
globalThis.HTMLAnchorElement = class {};
globalThis.location = { origin: "http://here", pathname: "/" };
let click, back;
globalThis.addEventListener = (_, listener) => (back = listener);
globalThis.document = { addEventListener: (_, listener) => (click = listener) };
const { unlessLeaving } = await import("../../assets/javascript/live/leaving.js");

const component = { isConnected: true };
const asked = [];
const ask = unlessLeaving(component, (why) => asked.push(why));

/** A click on a link. */
function clickOn(link, event = {}) {
  const target = Object.assign(new Element(), {
    link: Object.assign(new HTMLAnchorElement(), { origin: "http://here", pathname: "/explore", target: "" }, link),
  });
  click({ target, button: 0, ...event });
}

/** Clicks a link, and asks at once. */
function leaveAndAsk(link, event) {
  asked.length = 0;
  clickOn(link, event);
  ask("why");
}

/** Lets time pass, in steps: what a timer starts is not reached by the same step. */
function pass(milliseconds) {
  for (let passed = 0; passed < milliseconds; passed += 100) mock.timers.tick(100);
}

test.beforeEach(() => {
  location.pathname = "/";
  component.isConnected = true;
  mock.timers.enable({ apis: ["setTimeout"] });
});
test.afterEach(() => {
  pass(10_000);
  mock.timers.reset();
});

test("nothing is asked while a link is followed, and nothing of a component that is gone", () => {
  leaveAndAsk({});
  pass(1000);
  assert.deepEqual(asked, []);
  location.pathname = "/explore";
  component.isConnected = false;
  pass(10_000);
  assert.deepEqual(asked, []);
});

test("who stays asks in the end", () => {
  leaveAndAsk({});
  pass(4900);
  assert.deepEqual(asked, []);
  pass(400);
  assert.deepEqual(asked, ["why"]);
});

test("who has arrived asks soon", () => {
  leaveAndAsk({});
  location.pathname = "/explore";
  pass(300);
  assert.deepEqual(asked, ["why"], "a component that is on both pages");
  asked.length = 0;
  ask("again");
  assert.deepEqual(asked, ["again"]);
});

test("a link that is clicked before the question was sent is followed after it", () => {
  const order = [];
  const event = { preventDefault: () => order.push("held"), stopImmediatePropagation() {} };
  const question = unlessLeaving(component, () => setTimeout(() => order.push("sent"))); // as Streamlit does it
  question();
  clickOn({ click: () => order.push("clicked") }, event);
  assert.deepEqual(order, ["held"]);
  pass(100);
  assert.deepEqual(order, ["held", "sent", "clicked"]);
  clickOn({}, event);
  question();
  pass(1000);
  assert.deepEqual(order, ["held", "sent", "clicked"], "and from then on somebody is leaving");
});

test("other links leave nothing", () => {
  for (const [link, event] of [
    [{ target: "_blank" }],
    [{ origin: "http://there" }],
    [{ pathname: "/" }],
    [{}, { ctrlKey: true }],
    [{}, { button: 1 }],
  ]) {
    leaveAndAsk(link, event);
    assert.deepEqual(asked, ["why"]);
    pass(100);
  }
  asked.length = 0;
  click({ target: Object.assign(new Element(), { link: null }), button: 0 });
  ask("no link");
  assert.deepEqual(asked, ["no link"]);
});

test("the browser's own button leaves a page, too; what is drawn on the other one asks at once", () => {
  const old = unlessLeaving(component, (why) => asked.push(why));
  asked.length = 0;
  location.pathname = "/compare";
  back();
  old("old");
  pass(1000);
  const fresh = unlessLeaving({ isConnected: true }, (why) => asked.push(why));
  fresh("fresh");
  assert.deepEqual(asked, ["fresh"]);
  component.isConnected = false;
  pass(10_000);
  assert.deepEqual(asked, ["fresh"], "that of a component that is gone is not asked");
});

test("who goes back on the same page leaves nothing, and who stays all the same asks in the end", () => {
  const question = unlessLeaving(component, (why) => asked.push(why));
  asked.length = 0;
  back();
  question("same page");
  assert.deepEqual(asked, ["same page"]);
  location.pathname = "/compare";
  back();
  question("stays");
  pass(4900);
  assert.deepEqual(asked, ["same page"]);
  pass(400);
  assert.deepEqual(asked, ["same page", "stays"]);
});
