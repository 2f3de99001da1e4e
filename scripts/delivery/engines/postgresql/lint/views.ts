import type { Entry } from "../../fingerprint";
import type { Complaint } from "../../linter";
import type { Deed, Name } from "../sql/deed";
import { shown } from "../sql/names";
import { statementsOf } from "../sql/read";
import type { Subject } from "./placed";

type CatalogEntry = Pick<Entry, "kind" | "name"> & Partial<Pick<Entry, "definition">>;
type CreatedView = Extract<Deed, { kind: "create" }>;

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
            subjects.flatMap(({ statements }) => statements.flatMap(({ deed }) => keyOf(deed, key))),
        );
        if (replaced.size === 0) {
            return known;
        }
        for (const { kind, name, definition = "" } of catalog.filter((entry) => entry.kind === "view")) {
            const own = name.replaceAll('"', "");
            const query = definition.slice(Math.max(0, definition.search(/^\s*(SELECT|WITH|VALUES)\b/im)));
            const [statement] = replaced.has(own) ? await statementsOf(`CREATE VIEW ${kind} AS ${query}`) : [];
            known.views.set(own, { columns: statement && columnsOf(statement.deed), text: query });
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

    observe(deed: Deed, text: string): void {
        if (isView(deed)) {
            this.views.set(this.key(deed.name), { columns: deed.columns, text });
        } else if (deed.kind === "drop" && deed.object === "view") {
            deed.names.forEach((name) => this.views.delete(this.key(name)));
        }
    }
}

function keyOf(deed: Deed, key: (name: Name) => string): string[] {
    return isView(deed) && deed.mayExist ? [key(deed.name)] : [];
}

function isView(deed: Deed): deed is CreatedView {
    return deed.kind === "create" && deed.object === "view";
}

function columnsOf(deed: Deed): string[] | undefined {
    return deed.kind === "create" ? deed.columns : undefined;
}

function escaped(name: string): string {
    return name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** A view that loses, renames or moves columns. */
export function judgeView({ deed, views }: { deed: Deed; views: KnownViews }): Pick<Complaint, "rule" | "what">[] {
    if (!isView(deed) || !deed.mayExist) {
        return [];
    }
    const before = views.columnsOf(deed.name);
    const { columns } = deed;
    if (before === undefined || columns === undefined || before.every((column, index) => columns[index] === column)) {
        return [];
    }
    const gone = before.filter((column) => !columns.includes(column));
    const dependants = views.dependants(deed.name);
    const how = gone.length > 0 ? `loses or renames ${gone.join(", ")}` : "has its columns in another order";
    const by = dependants.length > 0 ? `; ${dependants.join(", ")} depends on it` : "";
    return [{ rule: "view-columns", what: `The view ${shown([deed.name])} ${how}${by}` }];
}
