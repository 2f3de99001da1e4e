import { databaseErrors, messageOf } from "../../errors";

const { CatalogUnreadable } = databaseErrors;

/** The failure to read a catalog, of a build that has not changed anything yet. */
export function asRefusal(error: unknown): InstanceType<typeof CatalogUnreadable> {
    return error instanceof CatalogUnreadable
        ? new CatalogUnreadable(error.facts, { cause: error.cause, exit: "refused" })
        : new CatalogUnreadable({ part: "contents", reason: messageOf(error) }, { cause: error, exit: "refused" });
}
