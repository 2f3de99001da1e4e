/** What a step counted, and what did not pass. A step without tests of its own (type check, lint) counts as one. */
export interface Counts {
    passed: number;
    failed: number;
    skipped: number;
    /** Full titles, with their files. */
    failures: string[];
    skips: string[];
}

export interface Result {
    title: string;
    counts: Counts;
    seconds: number;
}

export const passedOne: Counts = { passed: 1, failed: 0, skipped: 0, failures: [], skips: [] };

export function failedOne(title: string): Counts {
    return { passed: 0, failed: 1, skipped: 0, failures: [title], skips: [] };
}

/** In CI skipped tests go unread, so there a skipped test counts as failed. */
export function judge(counts: Counts, ci: boolean): Counts {
    if (!ci || counts.skipped === 0) return counts;
    const failures = [...counts.failures, ...counts.skips.map((title) => `${title} (skipped)`)];
    return { ...counts, failed: counts.failed + counts.skipped, skipped: 0, failures, skips: [] };
}

/** One line a step, what failed and what was skipped, and the total: the last line has nothing but the two numbers. */
export function summarize(results: readonly Result[]): string[] {
    const width = Math.max(0, ...results.map(({ title }) => title.length));
    const count = (key: "passed" | "failed" | "skipped") => results.reduce((sum, { counts }) => sum + counts[key], 0);
    const skipped = count("skipped");
    return [
        ...results.map(({ title, counts, seconds }) => `${title.padEnd(width)}  ${inWords(counts)}, ${seconds} s`),
        ...list("Failed", results, "failures"),
        ...list("Skipped", results, "skips"),
        ...(skipped > 0 ? [`${skipped} skipped`] : []),
        `${count("passed")} passed, ${count("failed")} failed`,
    ];
}

export function inWords({ passed, failed, skipped }: Counts): string {
    return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function list(heading: string, results: readonly Result[], key: "failures" | "skips"): string[] {
    const lines = results.flatMap(({ title, counts }) => counts[key].map((one) => `  ${title}: ${one}`));
    return lines.length > 0 ? ["", `${heading}:`, ...lines, ""] : [];
}
