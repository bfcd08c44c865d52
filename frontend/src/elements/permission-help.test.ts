// @vitest-environment node
import { expect, test } from "vitest";
import type { Problem } from "../room/media";
import { helpFor, type Platform, platformOf } from "./permission-help";

const PROBLEMS: Problem[] = ["denied", "busy", "missing", "unsupported", "unknown"];
const PLATFORMS: Platform[] = ["iphone", "android", "mac", "windows", "other"];

test("every problem on every platform has a title and a next step", () => {
  for (const problem of PROBLEMS) {
    for (const platform of PLATFORMS) {
      const help = helpFor("camera", problem, platform);
      expect(help.title).toContain("camera");
      expect(help.steps.length).toBeGreaterThan(0);
    }
  }
});

test.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", 5, "iphone"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 5, "iphone"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 0, "mac"],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 9)", 5, "android"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", 0, "windows"],
  ["Mozilla/5.0 (X11; Linux x86_64)", 0, "other"],
])("%s with %i touch points is %s", (userAgent, touchPoints, platform) => {
  expect(platformOf(userAgent, touchPoints)).toBe(platform);
});
