import { steps } from "../changelog";
import type { Changelog } from "./changelog";

const failing =
    "--changeset faults:failing\nUPDATE counter SET n = n - n;\nSELECT 1 / (n - n) FROM counter;\n--rollback empty";

/** The one that was written for faults: slow where they strike, and counting how often it ran. */
export const own: Changelog = {
    name: "our own changelog",
    write: (project, parts) => project.changelog(...steps.slice(0, parts).map(({ text }) => text)),
    writeFailing: (project) => project.changelog(...steps.map(({ text }) => text), failing),
    beginnings: [1, 2, 3],
    contended: { parts: 1, tables: ["counter", "ledger"], modes: ["ACCESS EXCLUSIVE"] },
};
