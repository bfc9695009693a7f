import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import listen from "../../assets/javascript/live/listener.js";
import { shown } from "../../assets/javascript/live/mount.js";

const BASE = "https://example.org/app/";
let sockets = [];

globalThis.location = { href: BASE };
globalThis.WebSocket = class {
  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  close() {
    this.closed = true;
  }
};

const component = (address, isConnected = true) => ({
  data: new TextEncoder().encode(address),
  parentElement: { isConnected },
});
const message = (news) => ({ data: new TextEncoder().encode(JSON.stringify(news)).buffer });

mock.timers.enable({ apis: ["setTimeout"] });
beforeEach(() => {
  listen(component(""), BASE);
  sockets = [];
});

test("there is one connection for each address, however often the page is drawn", () => {
  listen(component("live/1?log=0"), BASE);
  listen(component("live/1?log=0"), BASE);
  assert.deepEqual(sockets.map((socket) => socket.url), ["wss://example.org/app/live/1?log=0"]);
  listen(component("live/2"), BASE);
  assert.deepEqual(sockets.map((socket) => socket.closed), [true, undefined]);
});

test("a lost connection is opened again, one that was ended or refused is not", () => {
  listen(component("live/1"), BASE);
  const opened = [];
  for (const code of [1006, 1013, 1000, 4404]) {
    sockets.at(-1).onclose({ code });
    mock.timers.tick(1999);
    const early = sockets.length;
    mock.timers.tick(1);
    opened.push([early, sockets.length]);
  }
  assert.deepEqual(opened, [[1, 2], [2, 3], [3, 3], [3, 3]], "not at once, and only what was lost");
});

test("who no longer listens opens no connection, and hears nothing", () => {
  const heard = [];
  shown.add({ key: () => "live_loss", hear: (figure) => heard.push(figure) });
  listen(component("live/1"), BASE);
  sockets[0].onmessage(message({ views: { live_loss: { step: 1 }, live_grid: { step: 2 } }, texts: {} }));
  assert.deepEqual(heard, [{ step: 1 }]);
  sockets[0].onclose({ code: 1006 });
  listen(component(""), BASE);
  mock.timers.tick(5000);
  sockets[0].onmessage(message({ views: { live_loss: { step: 3 } }, texts: {} }));
  assert.equal(sockets.length, 1);
  assert.equal(heard.length, 1);
  shown.clear();
});

test("a component that left the page ends its connection; one that was only drawn anew does not", () => {
  const [stays, leaves] = [component("live/1"), component("live/1", false)];
  listen(stays, BASE)();
  mock.timers.tick(1);
  assert.equal(sockets[0].closed, undefined);
  listen(leaves, BASE)();
  mock.timers.tick(1);
  assert.equal(sockets[0].closed, true);
  listen(stays, BASE);
  assert.equal(sockets.length, 2, "whoever comes back hears again");
});
