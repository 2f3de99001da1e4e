import type { Complaint } from "../../linter";
import type { Effect, Name } from "../sql/effect";
import { droppedBy, EarlierObjects } from "../undo/earlier";
import { comesBack, effectsOf } from "../undo/inspect";
import { excerpt, type Subject } from "./placed";

/** Judges what a changeset's rollback drops; `objects` are those that are there before it, and are followed through it. */
export function judgeUndo(subject: Subject, objects: EarlierObjects, defaultSchema: string): Complaint[] {
    const created = new EarlierObjects(
        defaultSchema,
        subject.statements.flatMap(({ effect }) => maybeCreated(effect, objects, defaultSchema)),
    );
    subject.statements.forEach(({ effect }) => objects.follow(effect));
    return [...judgeDrops(subject, objects), ...judgePairs(subject, created)];
}

/** What was there before; a view or a function that runs again is restored. */
function judgeDrops({ undo, changeset }: Subject, objects: EarlierObjects): Complaint[] {
    return undo.flatMap((statement, index) =>
        effectsOf(statement)
            .flatMap((effect) => droppedBy(effect, objects))
            .flatMap((drop): Complaint[] => {
                const rule = !comesBack(drop, undo.slice(index + 1)) ? "undo-drops-existing" : "conditional-create";
                const isRestored = rule === "conditional-create" && (changeset.again || !isDefinition(drop.kind));
                const what = `Its rollback drops ${drop.object}, which already exists: ${excerpt(statement)}`;
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
        effectsOf(statement)
            .flatMap((effect) => droppedBy(effect, created))
            .map(({ kind, name }): Complaint => ({
                rule: "conditional-create",
                what: `It creates ${kind} ${name} only if there is none, but its rollback drops it in any case: ${excerpt(statement)}`,
            })),
    );
}

type Created = NonNullable<ConstructorParameters<typeof EarlierObjects>[1]>;

/** What IF NOT EXISTS creates, unless it is there. */
function maybeCreated(effect: Effect, objects: EarlierObjects, schema: string): Created {
    const unless = (kind: string, name: Name): Created =>
        objects.object(kind, name) ? [] : [{ kind, name: quoted(name.schema ?? schema, name.name) }];
    switch (effect.kind) {
        case "createTable":
            return effect.ifNotExists ? unless("table", effect.table) : [];
        case "create":
            return !effect.mayExist || isDefinition(effect.object)
                ? []
                : effect.object === "schema" || effect.object === "extension"
                  ? objects.object(effect.object, effect.name)
                      ? []
                      : [{ kind: effect.object, name: quoted(effect.name.name) }]
                  : unless(effect.object, effect.name);
        case "createIndex":
            return effect.ifNotExists && effect.index
                ? unless("index", { schema: effect.table.schema, ...effect.index })
                : [];
        case "alterTable":
            return effect.actions.flatMap(({ command: { subtype, missing_ok: conditional, def } }) => {
                const column = def && "ColumnDef" in def ? def.ColumnDef.colname : undefined;
                return subtype === "AT_AddColumn" &&
                    conditional &&
                    column &&
                    !objects.part("column", effect.table, column)
                    ? [{ kind: "column", name: quoted(effect.table.schema ?? schema, effect.table.name, column) }]
                    : [];
            });
        default:
            return [];
    }
}

function quoted(...names: string[]): string {
    return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}
