import type { EditedChangeset } from "./sources";
import { InternalError } from "../errors";

/** Why the tool does not accept the source: the cause of the error that says so. */
export class ToolRefusal extends InternalError {
    constructor(
        /** The applied changesets among the reasons that were edited. */
        readonly edited: EditedChangeset[],
    ) {
        super("The migration tool rejects the source");
    }
}
