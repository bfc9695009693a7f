import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { Connection } from "../../assets/javascript/live/connection.js";

const BASE = "https://example.org/app/";
let sockets = [];
let said = [];

globalThis.location = { href: BASE };
globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  sent = 0;

  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  send() {
    this.sent += 1;
  }

  close() {
    this.closed = true;
  }
};

const message = (news) => ({ data: new TextEncoder().encode(JSON.stringify(news)).buffer });
const ears = {
  hear: (news) => said.push(news),
  lose: (lost) => said.push(lost ? "lost" : "there"),
  gone: () => said.push("gone"),
  deaf: () => said.push("deaf"),
};
const open = (address = "live/1?words=en") => new Connection(BASE, address, ears);

mock.timers.enable({ apis: ["setTimeout"] });
beforeEach(() => {
  sockets = [];
  said = [];
});

test("it listens at the app's own address, and hands on what it hears", () => {
  const connection = open();
  assert.equal(sockets[0].url, "wss://example.org/app/live/1?words=en");
  sockets[0].onmessage(message({ token: "a" }));
  assert.deepEqual(said, ["there", { token: "a" }]);
  connection.end();
});

test("it says of each message that it has taken it, while it can", () => {
  const connection = open();
  for (let count = 1; count <= 3; count++) {
    sockets[0].onmessage(message({}));
    assert.equal(sockets[0].sent, count);
  }
  sockets[0].readyState = 2; // it is closing, and has one more message at hand
  sockets[0].onmessage(message({ token: "last" }));
  assert.equal(sockets[0].sent, 3);
  assert.deepEqual(said.at(-1), { token: "last" });
  connection.end();
});

test("a lost connection is opened again, one that is refused is not", () => {
  const connection = open();
  sockets[0].onmessage(message({}));
  sockets[0].onclose({ code: 1006 });
  mock.timers.tick(999);
  assert.equal(sockets.length, 1, "not at once");
  mock.timers.tick(1);
  assert.equal(sockets.length, 2);
  sockets[1].onclose({ code: 4404 });
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 2);
  assert.deepEqual(said, ["there", {}, "lost", "gone"]);
  connection.end();
});

test("silence counts as a lost connection, and a sign of life ends that", () => {
  const connection = open();
  sockets[0].onmessage(message({}));
  mock.timers.tick(4500);
  mock.timers.tick(499);
  assert.deepEqual(said, ["there", {}]);
  mock.timers.tick(1);
  assert.equal(said.at(-1), "lost");
  mock.timers.tick(1000);
  sockets[1].onmessage(message({}));
  assert.deepEqual(said.slice(-2), ["there", {}]);
  connection.end();
});

test("a page that was busy for long hears what came meanwhile before it takes the connection for lost", () => {
  const connection = open();
  sockets[0].onmessage(message({}));
  mock.timers.tick(4500); // a browser's clock strikes before it hands on the messages at hand
  sockets[0].onmessage(message({}));
  mock.timers.tick(4500);
  assert.deepEqual(said, ["there", {}, {}]);
  connection.end();
});

test("where no connection can be had, that is said three times, as the first may be lost", () => {
  const connection = open();
  const second = () => {
    sockets.at(-1).onclose({ code: 1006 });
    mock.timers.tick(1000);
  };
  for (let count = 0; count < 10; count++) second();
  assert.deepEqual(said, ["deaf"]);
  for (let count = 0; count < 50; count++) second();
  assert.deepEqual(said, ["deaf", "deaf", "deaf"]);
  connection.end();
});

test("a socket that never opens, or says nothing, is given up for another, at first and after a loss", () => {
  const connection = open();
  mock.timers.tick(20_000);
  assert.ok(sockets[0].closed);
  mock.timers.tick(1000);
  assert.equal(sockets.length, 2);
  sockets[1].onmessage(message({}));
  sockets[1].onclose({ code: 1006 });
  mock.timers.tick(1000);
  assert.equal(sockets.length, 3);
  mock.timers.tick(20_000);
  mock.timers.tick(1000);
  assert.equal(sockets.length, 4);
  sockets[3].onmessage(message({ token: "a" }));
  assert.deepEqual(said.slice(-2), ["there", { token: "a" }]);
  connection.end();
});

test("who no longer listens opens no connection, and hears nothing", () => {
  const connection = open();
  connection.end();
  sockets[0].onclose({ code: 1006 });
  sockets[0].onmessage(message({ token: "a" }));
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(said, []);
});
