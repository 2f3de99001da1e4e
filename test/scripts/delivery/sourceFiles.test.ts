import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { readMigrations } from "../../../scripts/delivery/input/migrations";
import { refuseLinkOutside } from "../../../scripts/delivery/input/sourceFiles";
import { refuseEndless } from "../../../scripts/delivery/input/endless";

describe("files of a migrations directory", () => {
    let home: string;
    let directory: string;
    beforeEach(() => {
        home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "files-")));
        directory = path.join(home, "migrations");
        write({ "liquibase.properties": "changeLogFile=changelog.yaml\n", "verify/a.sql": "-- check: a\nSELECT true" });
    });
    afterEach(() => fs.rmSync(home, { recursive: true }));

    function write(files: Record<string, string>): void {
        for (const [name, content] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), content);
        }
    }

    const link = (target: string, name: string) => {
        fs.rmSync(path.join(directory, name), { force: true });
        fs.symlinkSync(target, path.join(directory, name));
    };
    const fifo = (name: string) => {
        fs.rmSync(path.join(directory, name), { force: true });
        execFileSync("mkfifo", [path.join(directory, name)]);
    };
    const refuses = (...problems: string[]) =>
        assert.throws(() => readMigrations(directory), {
            message: [`${directory}: these files cannot be migrations:`, ...problems.map((one) => `  - ${one}`)].join(
                "\n",
            ),
        });
    const fifoProblem = (name: string) =>
        `${name} is a FIFO; only regular files and directories are allowed. Remove it`;

    for (const name of ["liquibase.properties", "lint.yaml", "changelog.yaml", "verify/a.sql", "lib.jar", "deep.csv"]) {
        it(`are not opened when ${name} is a FIFO`, () => {
            fifo(name);
            refuses(fifoProblem(name));
        });

        it(`are not opened when ${name} is a link that leads out`, () => {
            link("/etc/passwd", name);
            refuses(
                `${name} is a symbolic link to /etc/passwd, which leads out of the migrations directory. Put the file itself here`,
            );
        });
    }

    it("may be links to regular files of the directory, by any path", () => {
        write({ "data/real.sql": "SELECT 1;" });
        link("data/real.sql", "one.sql");
        link(path.join(directory, "data/real.sql"), "two.sql");
        link("one.sql", "three.sql");
        readMigrations(directory);
    });

    it("are refused with everything that is wrong at once, in a directory with a similar name, too", async () => {
        write({ "sub/fine.sql": "" });
        fs.mkdirSync(`${directory}-other`);
        fs.writeFileSync(`${directory}-other/a.sql`, "");
        link("sub", "folder");
        link(".", "sub/here");
        link("nowhere", "gone");
        link("loop", "loop");
        link(`${directory}-other/a.sql`, "sibling.sql");
        fifo("sub/pipe");
        link("sub/pipe", "to-pipe");
        const server = net.createServer().listen(path.join(directory, "sock"));
        try {
            await new Promise((resolve) => server.once("listening", resolve));
            const error = (() => {
                try {
                    readMigrations(directory);
                } catch (caught) {
                    return caught as Error;
                }
                throw new assert.AssertionError({ message: "was accepted" });
            })();
            assert.deepEqual(error.message.split("\n").slice(1).sort(), [
                "  - folder is a symbolic link to sub, which is a directory; a link may lead to a regular file only",
                "  - gone is a symbolic link to nowhere, which is not there. Put the file itself here",
                "  - loop is a symbolic link to loop, which is not there. Put the file itself here",
                `  - sibling.sql is a symbolic link to ${directory}-other/a.sql, which leads out of the migrations directory. Put the file itself here`,
                "  - sock is a socket; only regular files and directories are allowed. Remove it",
                "  - sub/here is a symbolic link to ., which is a directory; a link may lead to a regular file only",
                `  - ${fifoProblem("sub/pipe")}`,
                "  - to-pipe is a symbolic link to sub/pipe, which is a FIFO; a link may lead to a regular file only",
            ]);
        } finally {
            server.close();
        }
    });

    it("have names that people, Liquibase and its history can tell", () => {
        write({ "sql/a\nb.sql": "", "sql/ok ü.sql": "", "x\u001b[31m/in.sql": "" });
        fs.writeFileSync(Buffer.concat([Buffer.from(`${directory}/c`), Buffer.from([0xff]), Buffer.from(".sql")]), "");
        refuses(
            "c\ufffd.sql has bytes that are not UTF-8 in its name. Rename it",
            "x\\u{1b}[31m has the control character U+001B in its name. Rename it",
            "sql/a\\u{a}b.sql has the control character U+000A in its name. Rename it",
        );
    });

    it("do not differ only in case", () => {
        write({ "sql/a.sql": "", "sql/A.sql": "", "sql/README": "", "sql/readme": "", "other/a.sql": "" });
        if (fs.readdirSync(path.join(directory, "sql")).length === 2) return; // A file system that ignores case.
        refuses(
            "sql/A.sql and sql/a.sql differ only in case. Rename one; where its changesets ran already, keep its old name as their logicalFilePath",
        );
    });

    it("are readable, and so are their directories", () => {
        write({ "a.sql": "", "closed/b.sql": "" });
        [home, directory].forEach((each) => fs.chmodSync(each, 0o755));
        fs.chmodSync(path.join(directory, "a.sql"), 0);
        fs.chmodSync(path.join(directory, "closed"), 0);
        // Nothing is closed to root.
        const root = process.getuid!() === 0;
        if (root) process.seteuid!(65534);
        try {
            refuses(
                "a.sql cannot be read (EACCES). Make it readable for the user of the build",
                "closed cannot be read (EACCES). Make it readable for the user of the build",
            );
        } finally {
            if (root) process.seteuid!(0);
            fs.chmodSync(path.join(directory, "closed"), 0o700);
        }
    });

    it("have paths that the system can open", () => {
        const name = "x".repeat(200);
        const script = `cd "$1" && for i in $(seq 30); do mkdir ${name} && cd -P ${name} || exit; done; : > a.sql`;
        execFileSync("bash", ["-c", script, "bash", directory], { stdio: "ignore" });
        try {
            refuses(`${name}… cannot be read (ENAMETOOLONG). Its path is longer than the system allows: shorten it`);
        } finally {
            // Node.js cannot open it either.
            execFileSync("rm", ["-rf", path.join(directory, name)]);
        }
    });

    it("are no devices, and may have several names", function () {
        fs.writeFileSync(path.join(home, "elsewhere.sql"), "");
        fs.linkSync(path.join(home, "elsewhere.sql"), path.join(directory, "hard.sql"));
        readMigrations(directory);
        try {
            execFileSync("mknod", [path.join(directory, "null.sql"), "c", "1", "3"], { stdio: "ignore" });
        } catch {
            // Only root makes one.
            this.skip();
        }
        refuses("null.sql is a device; only regular files and directories are allowed. Remove it");
    });

    describe("in a directory that is a link", () => {
        it("are taken where it leads to another one of the source", () => {
            fs.symlinkSync("migrations", path.join(home, "link"));
            refuseLinkOutside(home, path.join(home, "link"));
            assert.equal(readMigrations(path.join(home, "link")).changelogFile, "changelog.yaml");
            refuseLinkOutside(home, home);
            refuseLinkOutside(home, path.join(home, "not-there"));
        });

        it("are refused by name where it leads out, itself or its parent", () => {
            const elsewhere = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "elsewhere-")));
            fs.mkdirSync(path.join(elsewhere, "inner"));
            const link = path.join(home, "link");
            fs.symlinkSync(elsewhere, link);
            for (const [given, target] of [
                [link, elsewhere],
                [path.join(link, "inner"), path.join(elsewhere, "inner")],
            ] as const) {
                assert.throws(() => refuseLinkOutside(home, given), {
                    name: "Error",
                    message: `The migrations directory ${given} is a symbolic link, or behind one, that leads out of the source, to ${target}. Put the directory itself into the source, or link to one that is in it.`,
                });
            }
            fs.rmSync(elsewhere, { recursive: true });
        });
    });

    it("have a largest size, where they are read as a whole", () => {
        for (const name of ["big.sql", "big.csv"]) {
            write({ [name]: "" });
            fs.truncateSync(path.join(directory, name), 64_000_001);
        }
        refuses("big.sql has 65 MB; allowed: 64. Split it, or load data with loadData from a file of another kind");
        fs.truncateSync(path.join(directory, "big.sql"), 64_000_000);
        readMigrations(directory);
    });

    describe("that include others", () => {
        const include = (file: string) => `  - include: {file: ${file}}\n`;
        const all = (folder: string) => `  - includeAll: {path: ${folder}}\n`;
        const changelog = (...entries: string[]) => `databaseChangeLog:\n${entries.join("")}`;
        const refusesEndless = (...problems: string[]) =>
            assert.throws(() => refuseEndless(readMigrations(directory)), {
                message: [
                    `${path.join(directory, "changelog.yaml")} cannot be read to its end:`,
                    ...problems.map((one) => `  - ${one}`),
                ].join("\n"),
            });
        const accepts = () => refuseEndless(readMigrations(directory));

        it("must not include themselves", () => {
            write({ "changelog.yaml": changelog(include("changelog.yaml")) });
            refusesEndless("changelog.yaml: it includes itself: changelog.yaml → changelog.yaml");
        });

        it("must not include themselves by others", () => {
            write({
                "changelog.yaml": changelog(include("a.xml")),
                "a.xml": '<databaseChangeLog><include file="sub/b.json"/></databaseChangeLog>',
                "sub/b.json": '{"databaseChangeLog":[{"include":{"file":"../a.xml","relativeToChangelogFile":true}}]}',
            });
            refusesEndless("a.xml: it includes itself: a.xml → sub/b.json → a.xml");
        });

        it("must not include their own directory", () => {
            write({ "changelog.yaml": changelog(include("sub/a.yaml")), "sub/a.yaml": changelog(all("sub")) });
            refusesEndless("sub/a.yaml: it includes itself: sub/a.yaml → sub/a.yaml");
        });

        it("may be included twice, and from formatted SQL nothing is included", () => {
            write({
                "changelog.yaml": changelog(
                    include("a.yaml"),
                    include("a.yaml"),
                    include("b.sql"),
                    include("gone.xml"),
                ),
                "a.yaml": changelog(include("b.sql")),
                "b.sql": "--liquibase formatted sql\n--include file:changelog.yaml\n",
            });
            accepts();
        });

        it("must not multiply without bound", () => {
            for (let level = 0; level < 20; level++) {
                const next = include(`${level + 1}.yaml`);
                write({ [level === 0 ? "changelog.yaml" : `${level}.yaml`]: changelog(next, next) });
            }
            write({ "20.yaml": changelog() });
            assert.throws(
                () => refuseEndless(readMigrations(directory)),
                /\d+\.yaml: it is beyond the 50000 files that a changelog may include$/,
            );
        });

        it("must not grow by aliases", () => {
            const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
            for (const [index, name] of [..."bcdefghij"].entries()) {
                lines.push(`${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`);
            }
            write({ "changelog.yaml": `${lines.join("\n")}\ndatabaseChangeLog: [*j]\n` });
            refusesEndless("changelog.yaml: its aliases expand to more than 1000000 nodes (*f)");
        });

        it("must not contain themselves by aliases", () => {
            write({ "changelog.yaml": "databaseChangeLog: &all [*all]\n" });
            refusesEndless("changelog.yaml: the anchor &all contains its own alias, without end");
        });

        it("may use aliases, many thousand times", () => {
            const uses = Array.from({ length: 5_000 }, (_, id) => `  - changeSet: {<<: *common, id: ${id}}\n`);
            write({ "changelog.yaml": `common: &common {author: me}\ndatabaseChangeLog:\n${uses.join("")}` });
            accepts();
        });

        it("must not nest lists", () => {
            write({ "changelog.yaml": `databaseChangeLog: ${"[".repeat(300)}${"]".repeat(300)}\n` });
            refusesEndless("changelog.yaml: it is nested deeper than 200 levels");
        });

        it("must not nest lists and maps, however deeply and in whatever form", () => {
            const deep = (before: string, after: string) => before.repeat(100_000) + after.repeat(100_000);
            const forms: Record<string, string> = {
                "a.yaml": `databaseChangeLog: ${deep("[", "]")}\n`,
                "b.yaml": `databaseChangeLog: ${deep("{a: ", "}")}\n`,
                "c.yaml": `databaseChangeLog:\n${"- ".repeat(100_000)}a\n`,
                "d.json": `{"databaseChangeLog":${deep("[", "]")}}`,
            };
            for (const [name, text] of Object.entries(forms)) {
                write({ "changelog.yaml": changelog(include(name)), [name]: text });
                refusesEndless(`${name}: it is nested deeper than 200 levels`);
            }
        });

        it("must not nest elements", () => {
            write({ "changelog.yaml": changelog(include("a.xml")) });
            for (const levels of [300, 100_000]) {
                write({
                    "a.xml": `<databaseChangeLog>${"<a>".repeat(levels)}${"</a>".repeat(levels)}</databaseChangeLog>`,
                });
                refusesEndless("a.xml: it is nested deeper than 200 levels");
            }
        });

        it("must not declare entities", () => {
            write({
                "changelog.yaml": changelog(include("a.xml")),
                "a.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY lol "lol">]><databaseChangeLog/>',
            });
            refusesEndless("a.xml: it declares an entity (<!ENTITY lol …); write its text where it is used");
            write({
                "a.xml":
                    "<databaseChangeLog><changeSet><sql><![CDATA[SELECT '<!ENTITY x']]></sql></changeSet></databaseChangeLog>",
            });
            accepts();
        });

        it("are not looked for outside of the directory", () => {
            fs.writeFileSync(path.join(home, "outside.yaml"), changelog(include("outside.yaml")));
            write({ "changelog.yaml": changelog(include("../outside.yaml"), all("../")) });
            accepts();
        });
    });
});
