import { parseToml } from "../../../../scripts/delivery/tools/flyway/toml";
import { parseProperties } from "../../../../scripts/delivery/tools/propertiesFile";
import { prepare } from "../../../../scripts/delivery/tools/sql/prepare";
import { readSqlProperties } from "../../../../scripts/delivery/tools/sql/properties";
import { assertLinear } from "../../../support/growth";
import { nonEmpty } from "../../../support/nonEmpty";

const insert = `INSERT INTO a VALUES (1,\n'${"a".repeat(60)}');\n`;

/** Splits at a fixed length, so that only what surrounds the engine's grammar is measured. */
const split = ({ length }: string) =>
    Promise.resolve(
        Array.from({ length: length / insert.length }, (_, index) => ({ text: insert, start: index * insert.length })),
    );

const shapes: Record<string, (size: number) => unknown> = {
    "a migration with many statements": (size) =>
        prepare({ file: "a.sql", line: 1, text: insert.repeat(size) }, { split }),
    "a properties file with a value on many lines": (size) => parseProperties(`a=\\\n${"xxxxxxxx\\\n".repeat(size)}`),
    "a properties file with many backslashes": (size) => parseProperties(`a=${"\\".repeat(size)}x`),
    "a TOML file with a list on many lines": (size) => parseToml(`a = [\n${'"x",\n'.repeat(size)}]`),
    "a TOML file with a list that does not end": (size) => parseToml(`a = [\n${'"x",\n'.repeat(size)}`),
    "a TOML file with many spaces where an equals sign belongs": (size) => parseToml(`a${" ".repeat(size)}b`),
    "a sql.properties with many spaces": (size) => readSqlProperties(`x=${" ".repeat(size)}y${" ".repeat(size)}z`),
};

describe("the time to read", () => {
    for (const [what, read] of nonEmpty(Object.entries(shapes))) {
        it(`${what} grows linearly`, () => assertLinear(read, 6000));
    }
});
