// How ts-node takes types away (`tsconfig.json`): by sucrase, whose output is kept with the checkout, so that a preview
// compiles what has changed since the last one and loads no compiler where nothing has. Measured on the prod program: an
// eighth of its evaluation. Plain JavaScript, because it is what compiles the rest.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { version } = require("sucrase/package.json");

const cache = join(__dirname, "../node_modules/.cache/aurora-pipeline/transpiled");

/** ts-node's interface of a transpiler; `directory` is where the output is kept. */
exports.create = ({ directory = cache, ...options }) => {
    const settings = JSON.stringify([version, options.nodeModuleEmitKind, options.service.config.options]);
    /** Made for the first file that has changed. */
    let compiler;
    return {
        transpile(input, transpileOptions) {
            const place = join(directory, `${digest(settings, transpileOptions.fileName)}.json`);
            const key = digest(settings, transpileOptions.fileName, input);
            const kept = read(place);
            if (kept?.key === key) {
                return kept.output;
            }
            compiler ??= require("sucrase/ts-node-plugin").create(options);
            const output = compiler.transpile(input, transpileOptions);
            keep(place, { key, output });
            return output;
        },
    };
};

function digest(...texts) {
    return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

function read(place) {
    try {
        return JSON.parse(readFileSync(place, "utf8"));
    } catch {
        // Not there, or not whole.
        return undefined;
    }
}

/** Whole or not at all: other processes read it. */
function keep(place, content) {
    try {
        mkdirSync(dirname(place), { recursive: true });
        const written = `${place}.${process.pid}`;
        writeFileSync(written, JSON.stringify(content));
        renameSync(written, place);
    } catch {
        // A checkout that cannot be written to is compiled each time.
    }
}
