import {
    type CatalogQuery,
    createdByItself,
    notOfExtension,
    qualified,
    relationKind,
    rowLines,
    sortedOptions,
    userSchema,
    when,
} from "./sql";

const schemas = `
    SELECT 'schema' AS kind, quote_ident(n.nspname) AS name, '' AS definition, NULL AS of
    FROM pg_namespace n
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_namespace", "n.oid")}`;

const extensions = `
    SELECT 'extension' AS kind, quote_ident(e.extname) AS name,
        'VERSION ' || e.extversion || ' SCHEMA ' || quote_ident(n.nspname) AS definition, NULL AS of
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`;

// Below 16384 are the objects that came with the server, and the comments on them; schema public is the exception that
// people do comment on. pg_identify_object names objects in every language alike, unlike pg_describe_object.
const comments = `
    SELECT 'comment' AS kind, concat(o.type, ' ', o.identity) AS name, d.description AS definition,
        CASE d.classoid
            WHEN 'pg_class'::regclass THEN ${relationKind()} || ' ' || ${qualified("n.nspname", "c.relname")}
            ELSE o.type || ' ' || o.identity END AS of
    FROM pg_description d
    CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
    LEFT JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
    LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (d.objoid >= 16384 OR (d.classoid = 'pg_namespace'::regclass
            AND d.objoid = (SELECT oid FROM pg_namespace WHERE nspname = 'public')))
        AND (c.oid IS NULL OR (c.relname <> ALL ($1::text[]) AND ${userSchema("n")}))
        AND NOT EXISTS (SELECT FROM pg_depend member
            WHERE member.classid = d.classoid AND member.objid = d.objoid AND member.deptype = 'e')
        AND d.classoid <> 'pg_extension'::regclass`;

const statistics = `
    SELECT 'statistics' AS kind, ${qualified("n.nspname", "s.stxname")} AS name,
        concat_ws(' ', pg_get_statisticsobjdef(s.oid), ${when("s.stxstattarget >= 0", "'STATISTICS ' || s.stxstattarget")})
            AS definition,
        ${relationKind()} || ' ' || ${qualified("cn.nspname", "c.relname")} AS of
    FROM pg_statistic_ext s
    JOIN pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_class c ON c.oid = s.stxrelid
    JOIN pg_namespace cn ON cn.oid = c.relnamespace
    WHERE ${userSchema("n")}`;

// Without what is a number or depends on the machine.
const collations = `
    SELECT 'collation' AS kind, ${qualified("n.nspname", "o.collname")} AS name,
        ${rowLines("o", "oid", "collname", "collnamespace", "collowner", "collversion")} AS definition, NULL AS of
    FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_collation", "o.oid")}`;

const eventTriggers = `
    SELECT 'event trigger' AS kind, quote_ident(t.evtname) AS name,
        concat_ws(' ', 'ON', t.evtevent, 'EXECUTE', t.evtfoid::regprocedure, 'ENABLED ' || t.evtenabled::text,
            ${sortedOptions("t.evttags")}) AS definition, NULL AS of
    FROM pg_event_trigger t
    WHERE ${notOfExtension("pg_event_trigger", "t.oid")}`;

const publications = `
    SELECT 'publication' AS kind, quote_ident(p.pubname) AS name,
        concat_ws(E'\\n', ${rowLines("p", "oid", "pubname", "pubowner")},
            (SELECT string_agg(
                    concat('TABLE ', ${qualified("t.schemaname", "t.tablename")},
                        ' (' || (SELECT string_agg(quote_ident(a), ', ') FROM unnest(t.attnames) a) || ')',
                        ' WHERE ' || t.rowfilter),
                    E'\\n' ORDER BY t.schemaname COLLATE "C", t.tablename COLLATE "C")
                FROM pg_publication_tables t WHERE t.pubname = p.pubname)) AS definition, NULL AS of
    FROM pg_publication p`;

// Options of user mappings are left out: they are passwords.
const foreignServers = `
    SELECT 'foreign server' AS kind, quote_ident(s.srvname) AS name,
        concat_ws(' ', 'WRAPPER', quote_ident(w.fdwname), 'TYPE ' || s.srvtype, 'VERSION ' || s.srvversion,
            'OPTIONS (' || ${sortedOptions("s.srvoptions")} || ')') AS definition, NULL AS of
    FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    WHERE ${notOfExtension("pg_foreign_server", "s.oid")}`;

const casts = `
    SELECT 'cast' AS kind, c.castsource::regtype || ' AS ' || c.casttarget::regtype AS name,
        concat_ws(' ', ${when("c.castfunc <> 0", "c.castfunc::regprocedure")}, 'CONTEXT', c.castcontext, 'METHOD', c.castmethod)
            AS definition, NULL AS of
    FROM pg_cast c
    WHERE c.oid >= 16384 AND ${createdByItself("pg_cast", "c.oid")}`;

const operators = `
    SELECT 'operator' AS kind, o.oid::regoperator::text AS name,
        concat_ws(' ', o.oprcode::regprocedure, o.oprresult::regtype,
            ${when("o.oprcom <> 0", "'COMMUTATOR ' || o.oprcom::regoperator")},
            ${when("o.oprnegate <> 0", "'NEGATOR ' || o.oprnegate::regoperator")},
            'RESTRICT ' || o.oprrest, 'JOIN ' || o.oprjoin,
            ${when("o.oprcanhash", "'HASHES'")}, ${when("o.oprcanmerge", "'MERGES'")}) AS definition, NULL AS of
    FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_operator", "o.oid")}`;

const textSearch = `
    SELECT 'text search configuration' AS kind, ${qualified("n.nspname", "c.cfgname")} AS name,
        concat_ws(E'\\n', 'PARSER ' || (SELECT p.prsname FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
            (SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), E'\\n'
                    ORDER BY m.maptokentype, m.mapseqno)
                FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)) AS definition, NULL AS of
    FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_ts_config", "c.oid")}
    UNION ALL
    SELECT 'text search dictionary', ${qualified("n.nspname", "d.dictname")}, concat_ws(' ', t.tmplname, d.dictinitoption), NULL
    FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace n ON n.oid = d.dictnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_ts_dict", "d.oid")}`;

/** Of what hardly anybody creates, only that it is there. */
const rarities = ["pg_language", "pg_conversion", "pg_opclass", "pg_opfamily", "pg_am", "pg_foreign_data_wrapper"]
    .map(
        (catalog) => `
    SELECT i.type AS kind, i.identity AS name, '' AS definition, NULL AS of
    FROM ${catalog} x CROSS JOIN LATERAL pg_identify_object('${catalog}'::regclass, x.oid, 0) i
    WHERE x.oid >= 16384 AND ${notOfExtension(catalog, "x.oid")}`,
    )
    .join("\n    UNION ALL");

export const otherQueries: CatalogQuery[] = [
    { reads: "schemas", sql: schemas },
    { reads: "extensions", sql: extensions },
    { reads: "comments", sql: comments },
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
