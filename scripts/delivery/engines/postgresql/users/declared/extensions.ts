import { escapeIdentifier as quoted, escapeLiteral } from "pg";
import type { ReadState, Step } from "../model";
import { extensionSchema, isMarkedExtension, markOfExtension, markOfSchema, ownSchema } from "./marks";

/** Creates the declared extensions that are missing; drops those of an earlier config, unless something needs them. */
export function extensionSteps(wanted: string[], state: ReadState): Step[] {
    const { declared, database } = state;
    const missing = missingExtensions(wanted, state);
    const needsSchema = missing.some((name) => schemaOf(name, state) === extensionSchema);
    return [
        ...(needsSchema ? schemaSteps(state) : []),
        ...missing.flatMap((name): Step[] => {
            const schema = schemaOf(name, state);
            const within = schema === extensionSchema ? ` WITH SCHEMA ${quoted(schema)}` : "";
            return [
                {
                    sql: `CREATE EXTENSION ${quoted(name)}${within}`,
                    says: `created the extension ${name} in the schema ${schema}`,
                },
                { sql: `COMMENT ON EXTENSION ${quoted(name)} IS ${escapeLiteral(markOfExtension(database))}` },
            ];
        }),
        ...declared.extensions
            .filter((extension) => !wanted.includes(extension.name) && isMarkedExtension(extension, database))
            .map(({ name }) => ({
                sql: `DROP EXTENSION ${quoted(name)}`,
                says: `dropped the extension ${name}, which is no longer in the config`,
                mayFail: true,
            })),
    ];
}

export function missingExtensions(wanted: string[], { declared }: ReadState): string[] {
    return wanted.filter((name) => !declared.extensions.some((extension) => extension.name === name));
}

/** Some extensions have a schema of their own. */
function schemaOf(name: string, { declared }: ReadState): string {
    return declared.available.find((extension) => extension.name === name)?.schema ?? extensionSchema;
}

function schemaSteps({ declared, administrator, database }: ReadState): Step[] {
    const name = quoted(extensionSchema);
    const own = ownSchema(declared, administrator.name, database);
    return [
        ...(own === undefined
            ? [
                  { sql: `CREATE SCHEMA ${name}`, says: `created the schema ${extensionSchema}` },
                  { sql: `COMMENT ON SCHEMA ${name} IS ${escapeLiteral(markOfSchema(database))}` },
              ]
            : []),
        ...(own?.open ? [] : [{ sql: `GRANT USAGE ON SCHEMA ${name} TO PUBLIC` }]),
    ];
}

/** What prevents extensions from being created, each with its fix. */
export function extensionProblems(wanted: string[], state: ReadState): string[] {
    const { declared, administrator, database } = state;
    const missing = missingExtensions(wanted, state);
    return missing.flatMap((name): string[] => {
        const extension = declared.available.find((candidate) => candidate.name === name);
        if (extension === undefined) {
            return [`the server has no extension ${name}: correct the config key extensions`];
        }
        return [
            ...schemaProblems(schemaOf(name, state), name),
            ...extension.requires.flatMap((required): string[] => {
                const there = declared.extensions.find((candidate) => candidate.name === required);
                const before = wanted.indexOf(required);
                if (there !== undefined) {
                    return schemaProblems(there.schema, name);
                }
                return before >= 0 && before < wanted.indexOf(name)
                    ? []
                    : [`the extension ${name} needs ${required}: put it before ${name} in the config key extensions`];
            }),
        ];
    });

    /** Names in an extension's script are resolved in its schema, and in those of the extensions that it needs. */
    function schemaProblems(name: string, extension: string): string[] {
        const schema = declared.schemas.find((candidate) => candidate.name === name);
        const safe =
            schema === undefined || schema.superuser || schema === ownSchema(declared, administrator.name, database);
        return safe
            ? []
            : [
                  `the extension ${extension} would resolve names in the schema ${name}, in which ${schema.owner} can create objects: let a superuser create the extension, or rename the schema: ALTER SCHEMA ${quoted(name)} RENAME TO ${quoted(`${name}_renamed`)}`,
              ];
    }
}
