import type { Node, RangeVar, TypeName } from "@pgsql/types";
import type { Name } from "./effect";

export function relation({ schemaname, relname = "", relpersistence }: RangeVar): Name {
    // A temporary table hides another table with its name; it is a different table.
    return { schema: schemaname ?? (relpersistence === "t" ? "pg_temp" : undefined), name: relname };
}

export function relations(nodes: Node[] = []): Name[] {
    return nodes.flatMap((node) => ("RangeVar" in node ? [relation(node.RangeVar)] : []));
}

/** The name of an object in DROP and similar statements, in any of the forms that the grammar has for it. */
export function nameOf(node: Node | undefined): Name | undefined {
    if (node === undefined) {
        return undefined;
    }
    if ("String" in node) {
        return { name: node.String.sval ?? "" };
    }
    if ("List" in node) {
        return qualified(node.List.items);
    }
    if ("ObjectWithArgs" in node) {
        const { objname, objargs = [], args_unspecified: unspecified } = node.ObjectWithArgs;
        const types = objargs.flatMap((arg) => ("TypeName" in arg ? [arg.TypeName] : []));
        return { ...qualified(objname), ...(unspecified ? {} : { args: typeNames(types) }) };
    }
    return "TypeName" in node
        ? qualified(node.TypeName.names)
        : "RangeVar" in node
          ? relation(node.RangeVar)
          : undefined;
}

/** `schema.name` from a list of strings. */
export function qualified(parts: Node[] = []): Name {
    const names = strings(parts);
    return { schema: names.at(-2), name: names.at(-1) ?? "" };
}

export function strings(nodes: Node[] = []): string[] {
    return nodes.flatMap((node) => ("String" in node ? [node.String.sval ?? ""] : []));
}

/** Types as the grammar normalizes them: `int` and `integer` are the same. */
export function typeNames(types: TypeName[]): string {
    return types
        .map(
            ({ names, arrayBounds = [] }) =>
                `${strings(names)
                    .join(".")
                    .replace(/^pg_catalog\./, "")}${"[]".repeat(arrayBounds.length)}`,
        )
        .join(",");
}

/** `OBJECT_MATVIEW` is a materialized view. */
export function objectName(type: string): string {
    const name = type.replace(/^OBJECT_/, "").toLowerCase();
    return { matview: "materialized view", fdw: "foreign data wrapper" }[name] ?? name.replaceAll("_", " ");
}

export function shown(names: Name[]): string {
    return names.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)).join(", ");
}
