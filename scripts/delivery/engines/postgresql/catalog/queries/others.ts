import {
    type CatalogQuery,
    createdByItself,
    notOfExtension,
    perRoot,
    qualified,
    relationKind,
    rowLines,
    sortedOptions,
    userSchema,
    when,
} from "./sql";

const schemas = `
    SELECT 'schema' AS kind, pg_catalog.quote_ident(n.nspname) AS name, '' AS definition, NULL AS of
    FROM pg_catalog.pg_namespace n
    WHERE ${userSchema("n")} AND n.nspname <> ALL ($1::pg_catalog.text[]) AND ${notOfExtension("pg_namespace", "n.oid")}`;

const extensions = `
    SELECT 'extension' AS kind, pg_catalog.quote_ident(e.extname) AS name,
        'VERSION ' || e.extversion || ' SCHEMA ' || pg_catalog.quote_ident(n.nspname) AS definition, NULL AS of
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace`;

// OIDs below 16384 are the objects that came with the server, and so are the comments on them; the schema public is the
// exception that people do comment on. Unlike pg_describe_object, pg_identify_object does not depend on the language.
const comments = `
    SELECT 'comment' AS kind, pg_catalog.concat(o.type, ' ', o.identity) AS name, d.description AS definition,
        CASE d.classoid
            WHEN 'pg_class'::pg_catalog.regclass THEN ${relationKind()} || ' ' || ${qualified("n.nspname", "c.relname")}
            ELSE o.type || ' ' || o.identity END AS of,
        d.objoid AS root
    FROM pg_catalog.pg_description d
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) o
    LEFT JOIN pg_catalog.pg_class c ON d.classoid = 'pg_class'::pg_catalog.regclass AND c.oid = d.objoid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE (d.objoid >= 16384 OR (d.classoid = 'pg_namespace'::pg_catalog.regclass
            AND d.objoid = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'public')))
        AND (c.oid IS NULL OR (c.relname <> ALL ($1::pg_catalog.text[]) AND ${userSchema("n")}))
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend member
            WHERE member.classid = d.classoid AND member.objid = d.objoid AND member.deptype = 'e')
        AND d.classoid <> 'pg_extension'::pg_catalog.regclass`;

const statistics = `
    SELECT 'statistics' AS kind, ${qualified("n.nspname", "s.stxname")} AS name,
        pg_catalog.concat_ws(' ', pg_catalog.pg_get_statisticsobjdef(s.oid), ${when("s.stxstattarget >= 0", "'STATISTICS ' || s.stxstattarget")})
            AS definition,
        ${relationKind()} || ' ' || ${qualified("cn.nspname", "c.relname")} AS of
    FROM pg_catalog.pg_statistic_ext s
    JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid
    JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    WHERE ${userSchema("n")}`;

// Without columns that are OIDs or depend on the machine.
const collations = `
    SELECT 'collation' AS kind, ${qualified("n.nspname", "o.collname")} AS name,
        ${rowLines("o", "oid", "collname", "collnamespace", "collowner", "collversion")} AS definition, NULL AS of
    FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_collation", "o.oid")}`;

const eventTriggers = `
    SELECT 'event trigger' AS kind, pg_catalog.quote_ident(t.evtname) AS name,
        pg_catalog.concat_ws(' ', 'ON', t.evtevent, 'EXECUTE', t.evtfoid::pg_catalog.regprocedure, 'ENABLED ' || t.evtenabled::pg_catalog.text,
            ${sortedOptions("t.evttags")}) AS definition, NULL AS of
    FROM pg_catalog.pg_event_trigger t
    WHERE ${notOfExtension("pg_event_trigger", "t.oid")}`;

const publications = `
    SELECT 'publication' AS kind, pg_catalog.quote_ident(p.pubname) AS name,
        pg_catalog.concat_ws(E'\\n', ${rowLines("p", "oid", "pubname", "pubowner")},
            (SELECT pg_catalog.string_agg(
                    pg_catalog.concat('TABLE ', ${qualified("t.schemaname", "t.tablename")},
                        ' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a), ', ') FROM pg_catalog.unnest(t.attnames) a) || ')',
                        ' WHERE ' || t.rowfilter),
                    E'\\n' ORDER BY t.schemaname COLLATE "C", t.tablename COLLATE "C")
                FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname)) AS definition, NULL AS of
    FROM pg_catalog.pg_publication p`;

// Options of user mappings are left out: they contain passwords.
const foreignServers = `
    SELECT 'foreign server' AS kind, pg_catalog.quote_ident(s.srvname) AS name,
        pg_catalog.concat_ws(' ', 'WRAPPER', pg_catalog.quote_ident(w.fdwname), 'TYPE ' || s.srvtype, 'VERSION ' || s.srvversion,
            'OPTIONS (' || ${sortedOptions("s.srvoptions")} || ')') AS definition, NULL AS of
    FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    WHERE ${notOfExtension("pg_foreign_server", "s.oid")}`;

const casts = `
    SELECT 'cast' AS kind, c.castsource::pg_catalog.regtype || ' AS ' || c.casttarget::pg_catalog.regtype AS name,
        pg_catalog.concat_ws(' ', ${when("c.castfunc <> 0", "c.castfunc::pg_catalog.regprocedure")}, 'CONTEXT', c.castcontext, 'METHOD', c.castmethod)
            AS definition, NULL AS of
    FROM pg_catalog.pg_cast c
    WHERE c.oid >= 16384 AND ${createdByItself("pg_cast", "c.oid")}`;

const operators = `
    SELECT 'operator' AS kind, o.oid::pg_catalog.regoperator::pg_catalog.text AS name,
        pg_catalog.concat_ws(' ', o.oprcode::pg_catalog.regprocedure, o.oprresult::pg_catalog.regtype,
            ${when("o.oprcom <> 0", "'COMMUTATOR ' || o.oprcom::pg_catalog.regoperator")},
            ${when("o.oprnegate <> 0", "'NEGATOR ' || o.oprnegate::pg_catalog.regoperator")},
            'RESTRICT ' || o.oprrest, 'JOIN ' || o.oprjoin,
            ${when("o.oprcanhash", "'HASHES'")}, ${when("o.oprcanmerge", "'MERGES'")}) AS definition, NULL AS of
    FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_operator", "o.oid")}`;

const textSearch = `
    SELECT 'text search configuration' AS kind, ${qualified("n.nspname", "c.cfgname")} AS name,
        pg_catalog.concat_ws(E'\\n', 'PARSER ' || (SELECT p.prsname FROM pg_catalog.pg_ts_parser p WHERE p.oid = c.cfgparser),
            (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::pg_catalog.regdictionary), E'\\n'
                    ORDER BY m.maptokentype, m.mapseqno)
                FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = c.oid)) AS definition, NULL AS of
    FROM pg_catalog.pg_ts_config c JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_ts_config", "c.oid")}
    UNION ALL
    SELECT 'text search dictionary', ${qualified("n.nspname", "d.dictname")}, pg_catalog.concat_ws(' ', t.tmplname, d.dictinitoption), NULL
    FROM pg_catalog.pg_ts_dict d JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_ts_dict", "d.oid")}`;

/** For rarely created kinds of objects, only their existence is recorded. */
const rarities = ["pg_language", "pg_conversion", "pg_opclass", "pg_opfamily", "pg_am", "pg_foreign_data_wrapper"]
    .map(
        (catalog) => `
    SELECT i.type AS kind, i.identity AS name, '' AS definition, NULL AS of
    FROM pg_catalog.${catalog} x CROSS JOIN LATERAL pg_catalog.pg_identify_object('${catalog}'::pg_catalog.regclass, x.oid, 0) i
    WHERE x.oid >= 16384 AND ${notOfExtension(catalog, "x.oid")}`,
    )
    .join("\n    UNION ALL");

export const otherQueries: CatalogQuery[] = [
    { reads: "schemas", sql: schemas },
    { reads: "extensions", sql: extensions },
    perRoot("comments", comments),
    { reads: "statistics objects", sql: statistics },
    { reads: "collations", sql: collations },
    { reads: "event triggers", sql: eventTriggers },
    { reads: "publications", sql: publications },
    { reads: "foreign servers", sql: foreignServers },
    { reads: "casts", sql: casts },
    { reads: "operators", sql: operators },
    { reads: "text search", sql: textSearch },
    { reads: "languages, operator classes and the like", sql: rarities },
];
