/** Tests of `picture.ts`. */
import { expect, test } from "vitest";
import { centredSquare } from "./picture";

test.each([
  [100, 100, { x: 0, y: 0, size: 100 }],
  [300, 100, { x: 100, y: 0, size: 100 }],
  [100, 301, { x: 0, y: 100, size: 100 }],
])("the square of %d × %d", (width, height, square) => expect(centredSquare(width, height)).toEqual(square));
