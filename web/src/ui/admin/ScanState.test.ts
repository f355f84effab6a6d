/** Tests of `ScanState.tsx`. */
import { expect, test } from "vitest";
import type { ScanProgress } from "~/api/models/scanner";
import { t } from "~/lib/strings";
import { elements, propsOf } from "~/lib/testElements";
import { ScanBar, ScanWarnings } from "./ScanState";

const progress: ScanProgress = {
  running: true,
  found: 0,
  registered: 0,
  identified: 0,
  probed: 0,
  failed: 0,
  missing: 0,
  updatedAt: null,
  warnings: [],
  errors: [],
};

const bar = (more: Partial<ScanProgress>) => ScanBar({ progress: { ...progress, ...more } });
const widthOf = (node: ReturnType<typeof ScanBar>) =>
  elements(node).find(({ props }) => props.style)?.props.style.width;

test("files that failed are done, too", () => {
  const shown = bar({ found: 8, identified: 5, failed: 1 });
  expect(widthOf(shown)).toBe("75%");
  const props = elements(shown).find((one) => one.props.role === "progressbar")?.props;
  expect([props?.["aria-valuenow"], props?.["aria-valuemax"]]).toEqual([6, 8]);
});

test("before anything is found it is looking, and divides by nothing", () => {
  const shown = bar({});
  expect(widthOf(shown)).toBe("0%");
  expect(elements(shown).find(({ props }) => props.role === "status")?.props.children).toBe(t.scan.looking);
});

test("each folder that is warned of is shown, also twice", () => {
  const warnings = [
    { path: "/films", message: "It is empty" },
    { path: "/films", message: "It cannot be read" },
  ];
  const shown = ScanWarnings({ progress: { ...progress, warnings } });
  const keys = elements(shown).flatMap(({ props, key }) => (props["data-testid"] ? [key] : []));
  expect(new Set(keys).size).toBe(2);
  expect(propsOf(shown, "scan-warning")).toBeDefined();
});
