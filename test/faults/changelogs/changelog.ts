import type { Project } from "../../support/delivery";

/** A changelog that faults strike while it is delivered. */
export interface Changelog {
    name: string;
    /** Writes it into a project; all of it, or its first parts alone. */
    write(project: Project, parts?: number): void;
    /** All of it, and after it a changeset that fails. */
    writeFailing(project: Project): void;
    /** Some numbers of parts, each of which leaves something to do. */
    beginnings: number[];
    /** Tables that are there after so many parts, and the locks of others on them that hold up what follows. */
    contended: { parts: number; tables: string[]; modes: string[] };
}

/** What fails, whatever was there before. */
export const failingChangeset = "--changeset faults:failing\nSELECT 1 / 0;\n--rollback empty";
