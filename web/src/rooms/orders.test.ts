/** Tests of `orders.ts`. */
import { expect, test } from "vitest";
import type { RoomState } from "~/api/models/rooms";
import { type Order, Orders } from "./orders";

const state = (version: number, by = "ada") => ({ version, by }) as RoomState;

function outgoing() {
  const sent: [string, number][] = [];
  const orders = new Orders((order: Order, version) => {
    sent.push([order.name === "seek" ? `seek ${order.position}` : order.name, version]);
    return true;
  });
  orders.know(state(3));
  return { sent, orders };
}

test("one order waits for the other, and is meant for what came of it", () => {
  const { sent, orders } = outgoing();
  orders.give({ name: "pause", position: 1 });
  for (const position of [5, 10, 15]) orders.give({ name: "seek", position });
  expect(sent).toEqual([["pause", 3]]);
  expect(orders.answered(200, 4)).toBe(true);
  expect(sent.slice(1)).toEqual([["seek 15", 4]]);
  expect(orders.pending).toBe(true);
  orders.answered(200, 5);
  expect(orders.pending).toBe(false);
});

test("what only the server was faster than is ordered again, once", () => {
  const { sent, orders } = outgoing();
  orders.give({ name: "pause", position: 1 });
  orders.know(state(4));
  expect(orders.answered(409)).toBe(true);
  expect(sent).toEqual([
    ["pause", 3],
    ["pause", 4],
  ]);
  expect(orders.answered(409)).toBe(false);
  expect(orders.pending).toBe(false);
});

test("what somebody else was faster than, and what leads to the next video, is not", () => {
  const { sent, orders } = outgoing();
  orders.give({ name: "pause", position: 1 });
  orders.know(state(4, "bob"));
  expect(orders.answered(409)).toBe(false);
  orders.give({ name: "next" });
  orders.know(state(4, "bob"));
  expect(orders.answered(409)).toBe(true);
  expect(sent).toHaveLength(2);
});

test("a refusal and a lost connection end all that waits", () => {
  const { sent, orders } = outgoing();
  orders.give({ name: "pause", position: 1 });
  orders.give({ name: "seek", position: 1 });
  expect(orders.answered(403)).toBe(false);
  orders.give({ name: "pause", position: 1 });
  orders.clear();
  expect(orders.pending).toBe(false);
  expect(sent).toHaveLength(2);
});
