import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { junit } from "../../../../scripts/delivery/report/junit";
import { anyText } from "../../../support/text";

describe("the JUnit report", () => {
    it("has one case per changeset, with its duration", () => {
        assert.equal(
            junit([
                {
                    name: "changesets",
                    properties: { approver: "arn:aws:sts::1:assumed-role/<Admin>/ana" },
                    cases: [
                        { name: "1 (me)", file: "a.sql", seconds: 0.25 },
                        { name: "2 (me)", file: "a.sql", seconds: 1, failure: 'no "x" & <y>\nsecond line' },
                        { name: "3 (me)", file: "a.sql", seconds: 0, skipped: "not now" },
                    ],
                },
            ]),
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<testsuites tests="3" failures="1" errors="0" skipped="1" time="1.250">',
                '  <testsuite name="changesets" tests="3" failures="1" errors="0" skipped="1" time="1.250">',
                "    <properties>",
                '      <property name="approver" value="arn:aws:sts::1:assumed-role/&lt;Admin&gt;/ana"/>',
                "    </properties>",
                '    <testcase classname="a.sql" name="1 (me)" time="0.250"/>',
                '    <testcase classname="a.sql" name="2 (me)" time="1.000"><failure message="no &quot;x&quot; &amp; &lt;y&gt;">no &quot;x&quot; &amp; &lt;y&gt;\nsecond line</failure></testcase>',
                '    <testcase classname="a.sql" name="3 (me)" time="0.000"><skipped message="not now"/></testcase>',
                "  </testsuite>",
                "</testsuites>",
                "",
            ].join("\n"),
        );
    });

    it("is XML whatever a message holds", () => {
        const text = anyText();
        fc.assert(
            fc.property(text, text, (name, failure) => {
                const xml = junit([
                    { name, properties: { text: failure }, cases: [{ name, file: name, seconds: 0, failure }] },
                ]);
                const rest = xml.replace(
                    /<\?xml [^<>]*\?>|<\/?(testsuites|testsuite|testcase|failure|properties|property)( [a-z]+="[^"<>]*")*\/?>/g,
                    "",
                );
                assert.doesNotMatch(rest, /[<>]/);
                assert.doesNotMatch(xml, /&(?!(amp|lt|gt|quot|apos|#10|#9);)/);
                // What XML 1.0 allows.
                assert.match(xml, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
            }),
        );
    });
});
