import { programErrors } from "../errors";

/** Variables of an execution, by namespace: the values of `#{namespace.name}`. */
export class Variables {
    private constructor(private readonly namespaces: Map<string, Record<string, string>>) {}

    static of(values: Record<string, Record<string, string>>): Variables {
        return new Variables(new Map(Object.entries(values)));
    }

    set(namespace: string, values: Record<string, string>): void {
        this.namespaces.set(namespace, values);
    }

    /** Replaces each `#{namespace.name}`. An unset variable fails the action, as in CodePipeline. */
    resolve(text: string): string {
        return text.replace(/#\{([\w@-]+)\.([\w@-]+)\}/g, (reference, namespace: string, name: string) => {
            const value = this.namespaces.get(namespace)?.[name];
            if (value === undefined) {
                throw new programErrors.VariableUnset({ variable: reference });
            }
            return value;
        });
    }

    resolveAll(values: Record<string, string>): Record<string, string> {
        return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, this.resolve(value)]));
    }

    toJSON(): Record<string, Record<string, string>> {
        return Object.fromEntries(this.namespaces);
    }
}
