import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { canBeLowered, ruleNames, rules } from "../../../../scripts/delivery/lint/catalogue";
import * as fc from "fast-check";
import { lintGroups, type LintFloor, lintLevels, lintRules } from "../../../../components/lintRules";
import { loadLintConfig } from "../../../../scripts/delivery/lint";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { Level } from "../../../../scripts/delivery/lint/rule";

describe("the linter's rules", () => {
    it("are those that a stack's config can name", () => {
        assert.deepEqual([...ruleNames].sort(), [...lintRules].sort());
    });
});

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
            const strict = { style: "warning", optional: "off" }[group as string] ?? "error";
            assert.equal(prod?.levels[rule], strict, rule);
            assert.equal(dev?.levels[rule], strict === "error" && group !== "failing" ? "warning" : strict, rule);
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

    describe("with levels that the stack's config pins", () => {
        const pinned = (text: string, floor: LintFloor, environment = "prod") => {
            fs.writeFileSync(path.join(directory, "lint.yaml"), text);
            return loadLintConfig(directory, environment, floor);
        };
        const everythingOff = `drift: off\nrules:\n${ruleNames
            .filter(canBeLowered)
            .map((rule) => `  ${rule}: off\n`)
            .join("")}`;

        it("raises what is below, says so, and leaves the rest to the repository", () => {
            const { levels, drift, lowered } = pinned(everythingOff, { locking: "warning", "ban-drop-table": "error" });
            for (const rule of ruleNames) {
                const held = rule === "ban-drop-table" || !canBeLowered(rule);
                const expected = held ? "error" : rules[rule].group === "locking" ? "warning" : "off";
                assert.equal(levels[rule], expected, rule);
            }
            assert.equal(drift, "off");
            const of = (rule: string) => lowered.find((lowering) => lowering.rule === rule);
            const place = { file: "lint.yaml", key: "rules" };
            assert.deepEqual(of("exclusive-lock"), {
                ...{ rule: "exclusive-lock", from: "error", to: "warning", asked: "off" },
                ...place,
            });
            assert.deepEqual(of("ban-drop-table"), {
                ...{ rule: "ban-drop-table", from: "error", to: "error", asked: "off" },
                ...place,
            });
            assert.deepEqual(of("ban-drop-column"), { rule: "ban-drop-column", from: "error", to: "off", ...place });
            assert.deepEqual(of("drift"), {
                rule: "drift",
                from: "warning",
                to: "off",
                file: "lint.yaml",
                key: "drift",
            });
            // Nobody lowers what is off by itself.
            assert.equal(of("prefer-text-field"), undefined);
        });

        it("takes a rule's own entry before its group's, and pins drift as well", () => {
            const floor: LintFloor = { destructive: "error", "ban-drop-column": "off", drift: "error" };
            const { levels, drift } = pinned(everythingOff, floor);
            assert.deepEqual([levels["ban-drop-table"], levels["ban-drop-column"], drift], ["error", "off", "error"]);
        });

        it("calls nothing lowered that the repository leaves alone or raises, whatever is pinned", () => {
            const levels = fc.constantFrom(...lintLevels);
            const floors = fc.dictionary(fc.constantFrom(...ruleNames, ...Object.keys(lintGroups)), levels);
            const given = fc.dictionary(fc.constantFrom(...ruleNames), levels);
            fc.assert(
                fc.property(floors, given, fc.constantFrom("dev", "prod"), (floor, own, environment) => {
                    const bare = lintConfig({}, environment, floor);
                    assert.deepEqual(bare.lowered, []);
                    const { levels: held, lowered } = lintConfig({ rules: own }, environment, floor);
                    for (const rule of ruleNames) {
                        const weight = (level: Level) => lintLevels.indexOf(level);
                        const asked = own[rule] ?? bare.levels[rule];
                        const least = floor[rule] ?? floor[rules[rule].group] ?? "off";
                        assert.equal(weight(held[rule]), Math.max(weight(asked), weight(least)));
                        const isLowered = weight(asked) < weight(bare.levels[rule]);
                        assert.equal(
                            lowered.some((lowering) => lowering.rule === rule),
                            isLowered,
                        );
                    }
                }),
            );
        });

        it("names where the file lowers: the profile, a section, an environment", () => {
            const text =
                "profile: lenient\nrules: { prefer-identity: off }\nenvironments: { prod: { rules: { ban-drop-table: off } } }";
            const keys = new Set(
                pinned(text, {}).lowered.map(({ rule, key }) =>
                    rule === "ban-drop-table" ? key : rule === "prefer-identity" ? `${key}!` : key,
                ),
            );
            assert.deepEqual([...keys].sort(), ["environments.prod.rules", "profile", "rules!"]);
        });
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

    it("lowers nothing that the database refuses in any case", () => {
        const text = `
rules: { unstorable-text: off, too-long: error, undecodable-text: off }
environments:
  prod:
    rules: { too-long: warning }
`;
        assert.deepEqual(problems(text), [
            "/lint.yaml:",
            `  - rules: unstorable-text is an error everywhere, for the database refuses it; take it out. ${rules["unstorable-text"].instead}`,
            `  - environments.prod.rules: too-long is an error everywhere, for the database refuses it; take it out. ${rules["too-long"].instead}`,
        ]);
    });

    it("is refused when it is no YAML, or no mapping", () => {
        assert.match(problems("rules: [").join("\n"), /^\/lint\.yaml is no YAML: /);
        assert.equal(problems("- rules")[0], "/lint.yaml:");
        assert.equal(problems("rules: all").length, 2);
    });
});
