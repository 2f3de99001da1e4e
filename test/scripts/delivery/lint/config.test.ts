import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ruleNames, rules } from "../../../../scripts/delivery/lint/catalogue";
import { loadLintConfig } from "../../../../scripts/delivery/lint";

describe("lint.yaml", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "lint-config-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

    const load = (text: string, environment = "prod") => {
        fs.writeFileSync(path.join(directory, "lint.yaml"), text);
        return loadLintConfig(directory, environment);
    };
    const problems = (text: string) => {
        try {
            load(text);
        } catch (error) {
            return (error as Error).message.replace(directory, "").split("\n");
        }
        return [];
    };

    it("may be missing: dev warns of what prod stops", () => {
        const [dev, prod, other] = ["dev", "prod", "europe"].map((name) => loadLintConfig(directory, name));
        assert.deepEqual([dev?.profile, prod?.profile, other?.profile], ["lenient", "strict", "strict"]);
        for (const rule of ruleNames) {
            const { group } = rules[rule];
            const strict = { style: "warning", off: "off" }[group as string] ?? "error";
            assert.equal(prod?.levels[rule], strict, rule);
            assert.equal(dev?.levels[rule], strict === "error" && group !== "fails" ? "warning" : strict, rule);
        }
    });

    it("sets levels for all environments, and for one of them", () => {
        const text = `
rules:
  prefer-text-field: warning
  ban-drop-column: off
environments:
  prod:
    rules: { ban-drop-column: error }
  europe:
    profile: lenient
`;
        assert.equal(load(text, "prod").levels["ban-drop-column"], "error");
        assert.equal(load(text, "prod").levels["prefer-text-field"], "warning");
        assert.equal(load(text, "dev").levels["ban-drop-column"], "off");
        assert.equal(load(text, "europe").levels["ban-drop-table"], "warning");
        assert.equal(load("profile: strict", "dev").levels["ban-drop-table"], "error");
    });

    it("sets what becomes of drift, a warning unless told", () => {
        assert.equal(load("profile: strict", "prod").drift, "warning");
        const text = "drift: off\nenvironments: { prod: { drift: error } }";
        assert.deepEqual([load(text, "prod").drift, load(text, "dev").drift], ["error", "off"]);
    });

    it("may be empty", () => assert.equal(load("# nothing yet\n").profile, "strict"));

    it("tells everything that is wrong at once", () => {
        const text = `
profil: strict
rules:
  ban-drop-colum: error
  ban-drop-table: fatal
environments:
  prod:
    level: error
    rules: { rollback-mising: off }
`;
        assert.deepEqual(problems(text), [
            "/lint.yaml:",
            "  - rules.ban-drop-table: allowed: off, warning, error",
            "  - unknown key level in environments.prod; allowed: profile, drift, rules",
            "  - unknown key profil; allowed: profile, drift, rules, environments",
            "  - rules: unknown rule ban-drop-colum; did you mean ban-drop-column?",
            "  - environments.prod.rules: unknown rule rollback-mising; did you mean rollback-missing?",
        ]);
    });

    it("is refused when it is no YAML, or no mapping", () => {
        assert.match(problems("rules: [").join("\n"), /^\/lint\.yaml is no YAML: /);
        assert.equal(problems("- rules")[0], "/lint.yaml:");
        assert.equal(problems("rules: all").length, 2);
    });
});
