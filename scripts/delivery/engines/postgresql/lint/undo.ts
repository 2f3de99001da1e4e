import type { Complaint } from "../../linter";
import type { Deed, Name } from "../sql/deed";
import { droppedBy, EarlierObjects } from "../undo/earlier";
import { comesBack, deedsOf } from "../undo/inspect";
import { excerpt, type Subject } from "./placed";

/** Judges what a changeset's rollback drops; `objects` are those that are there before it, and are followed through it. */
export function judgeUndo(subject: Subject, objects: EarlierObjects, defaultSchema: string): Complaint[] {
    const created = new EarlierObjects(
        defaultSchema,
        subject.statements.flatMap(({ deed }) => maybeCreated(deed, objects, defaultSchema)),
    );
    subject.statements.forEach(({ deed }) => objects.follow(deed));
    return [...judgeDrops(subject, objects), ...judgePairs(subject, created)];
}

/** What was there before; a view or a function that runs again is restored. */
function judgeDrops({ undo, changeset }: Subject, objects: EarlierObjects): Complaint[] {
    return undo.flatMap((statement, index) =>
        deedsOf(statement)
            .flatMap((deed) => droppedBy(deed, objects))
            .flatMap((drop): Complaint[] => {
                const rule = !comesBack(drop, undo.slice(index + 1)) ? "undo-drops-existing" : "conditional-create";
                const isRestored = rule === "conditional-create" && (changeset.again || !isDefinition(drop.kind));
                const what = `Its rollback drops ${drop.object}, which is there already: ${excerpt(statement)}`;
                return isRestored ? [] : [{ rule, what }];
            }),
    );
}

function isDefinition(kind: string): boolean {
    return kind === "view" || kind === "function" || kind === "procedure";
}

/** What is not there in this database may be there in another one. */
function judgePairs({ undo }: Subject, created: EarlierObjects): Complaint[] {
    return undo.flatMap((statement) =>
        deedsOf(statement)
            .flatMap((deed) => droppedBy(deed, created))
            .map(({ kind, name }): Complaint => ({
                rule: "conditional-create",
                what: `It creates ${kind} ${name} only if there is none, but its rollback drops it in any case: ${excerpt(statement)}`,
            })),
    );
}

type Created = NonNullable<ConstructorParameters<typeof EarlierObjects>[1]>;

/** What IF NOT EXISTS creates, unless it is there. */
function maybeCreated(deed: Deed, objects: EarlierObjects, schema: string): Created {
    const unless = (kind: string, name: Name): Created =>
        objects.object(kind, name) ? [] : [{ kind, name: quoted(name.schema ?? schema, name.name) }];
    switch (deed.kind) {
        case "createTable":
            return deed.ifNotExists ? unless("table", deed.table) : [];
        case "create":
            return !deed.mayExist || isDefinition(deed.object)
                ? []
                : deed.object === "schema" || deed.object === "extension"
                  ? objects.object(deed.object, deed.name)
                      ? []
                      : [{ kind: deed.object, name: quoted(deed.name.name) }]
                  : unless(deed.object, deed.name);
        case "createIndex":
            return deed.ifNotExists && deed.index ? unless("index", { schema: deed.table.schema, ...deed.index }) : [];
        case "alterTable":
            return deed.actions.flatMap(({ command: { subtype, missing_ok: conditional, def } }) => {
                const column = def && "ColumnDef" in def ? def.ColumnDef.colname : undefined;
                return subtype === "AT_AddColumn" &&
                    conditional &&
                    column &&
                    !objects.part("column", deed.table, column)
                    ? [{ kind: "column", name: quoted(deed.table.schema ?? schema, deed.table.name, column) }]
                    : [];
            });
        default:
            return [];
    }
}

function quoted(...names: string[]): string {
    return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}
