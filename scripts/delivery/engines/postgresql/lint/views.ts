import type { Entry } from "../../fingerprint";
import type { Complaint } from "../../linter";
import type { Effect, Name } from "../sql/effect";
import { shown } from "../sql/names";
import { statementsOf } from "../sql/read";
import type { Subject } from "./placed";

type CatalogEntry = Pick<Entry, "kind" | "name"> & Partial<Pick<Entry, "definition">>;
type CreatedView = Extract<Effect, { kind: "create" }>;

/** A view as it is at one point of the plan. */
interface View {
    columns?: string[];
    /** Its query, which names what it depends on. */
    text: string;
}

/** The columns of views, from the catalog and from the plan's statements. */
export class KnownViews {
    private readonly views = new Map<string, View>();

    private constructor(private readonly key: (name: Name) => string) {}

    /** Reads the definitions of those that the plan replaces; of the others only the text is needed. */
    static async of(catalog: CatalogEntry[], subjects: Subject[], key: (name: Name) => string): Promise<KnownViews> {
        const known = new KnownViews(key);
        const replaced = new Set(
            subjects.flatMap(({ statements }) => statements.flatMap(({ effect }) => keyOf(effect, key))),
        );
        if (replaced.size === 0) {
            return known;
        }
        for (const { kind, name, definition = "" } of catalog.filter((entry) => entry.kind === "view")) {
            const own = name.replaceAll('"', "");
            const query = definition.slice(Math.max(0, definition.search(/^\s*(SELECT|WITH|VALUES)\b/im)));
            const [statement] = replaced.has(own) ? await statementsOf(`CREATE VIEW ${kind} AS ${query}`) : [];
            known.views.set(own, { columns: statement && columnsOf(statement.effect), text: query });
        }
        return known;
    }

    columnsOf(view: Name): string[] | undefined {
        return this.views.get(this.key(view))?.columns;
    }

    /** Views whose query has its name. */
    dependants(view: Name): string[] {
        const name = new RegExp(`(?<![\\w$])"?${escaped(view.name)}"?(?![\\w$])`, "i");
        return [...this.views]
            .filter(([key, { text }]) => key !== this.key(view) && name.test(text))
            .map(([key]) => key);
    }

    observe(effect: Effect, text: string): void {
        if (isView(effect)) {
            this.views.set(this.key(effect.name), { columns: effect.columns, text });
        } else if (effect.kind === "drop" && effect.object === "view") {
            effect.names.forEach((name) => this.views.delete(this.key(name)));
        }
    }
}

function keyOf(effect: Effect, key: (name: Name) => string): string[] {
    return isView(effect) && effect.mayExist ? [key(effect.name)] : [];
}

function isView(effect: Effect): effect is CreatedView {
    return effect.kind === "create" && effect.object === "view";
}

function columnsOf(effect: Effect): string[] | undefined {
    return effect.kind === "create" ? effect.columns : undefined;
}

function escaped(name: string): string {
    return name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** A view that loses, renames or moves columns. */
export function judgeView({
    effect,
    views,
}: {
    effect: Effect;
    views: KnownViews;
}): Pick<Complaint, "rule" | "what">[] {
    if (!isView(effect) || !effect.mayExist) {
        return [];
    }
    const before = views.columnsOf(effect.name);
    const { columns } = effect;
    if (before === undefined || columns === undefined || before.every((column, index) => columns[index] === column)) {
        return [];
    }
    const gone = before.filter((column) => !columns.includes(column));
    const dependants = views.dependants(effect.name);
    const how = gone.length > 0 ? `loses or renames ${gone.join(", ")}` : "has its columns in another order";
    const by = dependants.length > 0 ? `; ${dependants.join(", ")} depends on it` : "";
    return [{ rule: "view-columns", what: `The view ${shown([effect.name])} ${how}${by}` }];
}
