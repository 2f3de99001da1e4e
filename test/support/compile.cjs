// Mocha's workers each compile all that they load. esbuild, which packs the delivery program too, takes a tenth of the
// time that TypeScript's own compiler takes; what Pulumi runs is compiled by that one, in the integration tests as well.

// One service for the process, instead of a process for each file.
process.env.ESBUILD_WORKER_THREADS ??= "1";
const { transformSync } = require("esbuild");
const { register } = require("ts-node");

const options = { loader: "ts", format: "cjs", platform: "node", target: "node20", sourcemap: "external" };

/** A transpiler of ts-node, which finds the lines of a stack trace by its maps. */
exports.create = () => ({
    transpile(source, { fileName }) {
        const { code, map } = transformSync(source, { ...options, sourcefile: fileName });
        return { outputText: code, sourceMapText: map };
    },
});

register({ transpileOnly: true, transpiler: module.filename });
