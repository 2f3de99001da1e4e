// Each query yields kind, name, definition and owner (`of`) of one sort of object in the current database. Names are quoted
// only where they need it, as in the fingerprints of other engines. `?` are the tracking tables, in lower case.

/** Not the pipeline's or the tool's own. */
const counted = (column: string) => `${column} NOT IN (?) AND LOWER(${column}) NOT IN (?)`;
const here = (column: string) => `${column} = database()`;

/** Key and value pairs in a fixed order, those without a value left out. */
const facts = (...parts: string[]) => `CONCAT_WS(', ', ${parts.join(", ")})`;
const when = (condition: string, text: string) => `IF(${condition}, ${text}, NULL)`;
const labelled = (label: string, value: string) => `CONCAT('${label} ', ${value})`;

export interface CatalogQuery {
    /** What of the catalog it reads, for messages. */
    part: string;
    sql: string;
    /** How often the tracking tables are parameters. */
    parameters: number;
}

const query = (part: string, sql: string): CatalogQuery => ({
    part,
    sql,
    parameters: sql.split("?").length - 1,
});

/** What is written down of a routine, a trigger, a view and an event beside its text: whose rights it has, and how it is read. */
const security = (type: string) => facts(labelled("SQL SECURITY", type), labelled("DEFINER", "DEFINER"));
const reading = labelled("sql_mode", "SQL_MODE");

const privilegeColumns = {
    Alter_priv: "ALTER",
    Alter_routine_priv: "ALTER ROUTINE",
    Create_priv: "CREATE",
    Create_routine_priv: "CREATE ROUTINE",
    Create_tmp_table_priv: "CREATE TEMPORARY TABLES",
    Create_view_priv: "CREATE VIEW",
    Delete_priv: "DELETE",
    Drop_priv: "DROP",
    Event_priv: "EVENT",
    Execute_priv: "EXECUTE",
    Index_priv: "INDEX",
    Insert_priv: "INSERT",
    Lock_tables_priv: "LOCK TABLES",
    References_priv: "REFERENCES",
    Select_priv: "SELECT",
    Show_view_priv: "SHOW VIEW",
    Trigger_priv: "TRIGGER",
    Update_priv: "UPDATE",
};
const ofSchema = Object.entries(privilegeColumns).map(([column, name]) =>
    when(`${column} = 'Y'`, `CONCAT('${name}', IF(Grant_priv = 'Y', ' WITH GRANT OPTION', ''))`),
);
const grantee = `CONCAT("'", CONVERT(User USING utf8mb4), "'@'", CONVERT(Host USING utf8mb4), "' on ")`;
const listed = (set: string) => `REPLACE(UPPER(${set}), ',', ', ')`;

/** From the server's own tables: `information_schema` shows an account its own grants only. */
const grants = `
    SELECT 'grant' AS kind, CONCAT(${grantee}, Db) AS name, ${facts(...ofSchema)} AS definition, NULL AS \`of\`
      FROM mysql.db WHERE database() LIKE Db
     UNION ALL
    SELECT 'grant', CONCAT(${grantee}, 'table ', Table_name), ${listed("Table_priv")}, CONCAT('table ', Table_name)
      FROM mysql.tables_priv WHERE ${here("Db")} AND Table_priv <> '' AND ${counted("Table_name")}
     UNION ALL
    SELECT 'grant', CONCAT(${grantee}, 'column ', Table_name, '.', Column_name), ${listed("Column_priv")}, CONCAT('table ', Table_name)
      FROM mysql.columns_priv WHERE ${here("Db")} AND ${counted("Table_name")}
     UNION ALL
    SELECT 'grant', CONCAT(${grantee}, LOWER(Routine_type), ' ', Routine_name), ${listed("Proc_priv")}, NULL
      FROM mysql.procs_priv WHERE ${here("Db")}`;

/** What an account without access to these tables sees instead. */
export const ownGrants: CatalogQuery = query(
    "grants",
    `SELECT 'grant' AS kind, CONCAT(GRANTEE, ' on ', TABLE_SCHEMA) AS name,
                GROUP_CONCAT(CONCAT(PRIVILEGE_TYPE, IF(IS_GRANTABLE = 'YES', ' WITH GRANT OPTION', '')) ORDER BY PRIVILEGE_TYPE SEPARATOR ', ') AS definition,
                NULL AS \`of\`
           FROM information_schema.SCHEMA_PRIVILEGES WHERE ${here("TABLE_SCHEMA")} GROUP BY GRANTEE, TABLE_SCHEMA
          UNION ALL
         SELECT 'grant', CONCAT(GRANTEE, ' on table ', TABLE_NAME),
                GROUP_CONCAT(CONCAT(PRIVILEGE_TYPE, IF(IS_GRANTABLE = 'YES', ' WITH GRANT OPTION', '')) ORDER BY PRIVILEGE_TYPE SEPARATOR ', '),
                CONCAT('table ', TABLE_NAME)
           FROM information_schema.TABLE_PRIVILEGES WHERE ${here("TABLE_SCHEMA")} AND ${counted("TABLE_NAME")} GROUP BY GRANTEE, TABLE_NAME
          UNION ALL
         SELECT 'grant', CONCAT(GRANTEE, ' on column ', TABLE_NAME, '.', COLUMN_NAME),
                GROUP_CONCAT(CONCAT(PRIVILEGE_TYPE, IF(IS_GRANTABLE = 'YES', ' WITH GRANT OPTION', '')) ORDER BY PRIVILEGE_TYPE SEPARATOR ', '),
                CONCAT('table ', TABLE_NAME)
           FROM information_schema.COLUMN_PRIVILEGES WHERE ${here("TABLE_SCHEMA")} AND ${counted("TABLE_NAME")} GROUP BY GRANTEE, TABLE_NAME, COLUMN_NAME`,
);

export const catalogQueries: CatalogQuery[] = [
    query(
        "database",
        `SELECT 'database' AS kind, 'options' AS name,
                ${facts(labelled("CHARACTER SET", "DEFAULT_CHARACTER_SET_NAME"), labelled("COLLATE", "DEFAULT_COLLATION_NAME"), labelled("ENCRYPTION", "DEFAULT_ENCRYPTION"))} AS definition,
                NULL AS \`of\`
           FROM information_schema.SCHEMATA WHERE ${here("SCHEMA_NAME")}`,
    ),
    query(
        "tables",
        `SELECT 'table' AS kind, TABLE_NAME AS name,
                ${facts(
                    labelled("ENGINE", "ENGINE"),
                    labelled("COLLATE", "TABLE_COLLATION"),
                    labelled("ROW_FORMAT", "ROW_FORMAT"),
                    when("CREATE_OPTIONS NOT IN ('', 'partitioned')", labelled("OPTIONS", "CREATE_OPTIONS")),
                    when("TABLE_COMMENT <> ''", labelled("COMMENT", "QUOTE(TABLE_COMMENT)")),
                )} AS definition,
                NULL AS \`of\`
           FROM information_schema.TABLES
          WHERE ${here("TABLE_SCHEMA")} AND TABLE_TYPE = 'BASE TABLE' AND ${counted("TABLE_NAME")}`,
    ),
    query(
        "columns",
        `SELECT 'column' AS kind, CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS name,
                ${facts(
                    "COLUMN_TYPE",
                    labelled("COLLATE", "COLLATION_NAME"),
                    when("IS_NULLABLE = 'NO'", "'NOT NULL'"),
                    labelled("DEFAULT", "IF(COLUMN_DEFAULT IS NULL, NULL, QUOTE(COLUMN_DEFAULT))"),
                    when("EXTRA <> ''", "EXTRA"),
                    when("GENERATION_EXPRESSION <> ''", labelled("AS", "CONVERT(GENERATION_EXPRESSION USING utf8mb4)")),
                    labelled("SRID", "SRS_ID"),
                    when("COLUMN_COMMENT <> ''", labelled("COMMENT", "QUOTE(COLUMN_COMMENT)")),
                )} AS definition,
                CONCAT(IF(TABLE_TYPE = 'VIEW', 'view ', 'table '), TABLE_NAME) AS \`of\`
           FROM information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)
          WHERE ${here("TABLE_SCHEMA")} AND ${counted("TABLE_NAME")}`,
    ),
    query(
        "column order",
        `SELECT 'column order' AS kind, TABLE_NAME AS name,
                GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION SEPARATOR '\\n') AS definition,
                CONCAT('table ', TABLE_NAME) AS \`of\`
           FROM information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)
          WHERE ${here("TABLE_SCHEMA")} AND TABLE_TYPE = 'BASE TABLE' AND ${counted("TABLE_NAME")} GROUP BY TABLE_NAME`,
    ),
    query(
        "indexes",
        `SELECT 'index' AS kind, CONCAT(TABLE_NAME, '.', INDEX_NAME) AS name,
                CONCAT(IF(NON_UNIQUE = 0, 'UNIQUE ', ''), INDEX_TYPE, ' (',
                    GROUP_CONCAT(COALESCE(CONCAT('(', CONVERT(EXPRESSION USING utf8mb4), ')'),
                                          CONCAT(COLUMN_NAME, IFNULL(CONCAT('(', SUB_PART, ')'), ''))),
                                 IF(COLLATION = 'D', ' DESC', '') ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')',
                    IF(IS_VISIBLE = 'NO', ' INVISIBLE', ''), IF(INDEX_COMMENT <> '', CONCAT(' COMMENT ', QUOTE(INDEX_COMMENT)), '')) AS definition,
                CONCAT('table ', TABLE_NAME) AS \`of\`
           FROM information_schema.STATISTICS
          WHERE ${here("TABLE_SCHEMA")} AND ${counted("TABLE_NAME")}
          GROUP BY TABLE_NAME, INDEX_NAME, NON_UNIQUE, INDEX_TYPE, IS_VISIBLE, INDEX_COMMENT`,
    ),
    query(
        "foreign keys",
        `SELECT 'foreign key' AS kind, CONCAT(c.TABLE_NAME, '.', c.CONSTRAINT_NAME) AS name,
                CONCAT('(', GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') REFERENCES ',
                    IF(c.UNIQUE_CONSTRAINT_SCHEMA = database(), '', CONCAT(c.UNIQUE_CONSTRAINT_SCHEMA, '.')), c.REFERENCED_TABLE_NAME,
                    ' (', GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') ON UPDATE ',
                    c.UPDATE_RULE, ' ON DELETE ', c.DELETE_RULE) AS definition,
                CONCAT('table ', c.TABLE_NAME) AS \`of\`
           FROM information_schema.REFERENTIAL_CONSTRAINTS c
           JOIN information_schema.KEY_COLUMN_USAGE k
             ON k.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND k.TABLE_NAME = c.TABLE_NAME
          WHERE ${here("c.CONSTRAINT_SCHEMA")} AND ${counted("c.TABLE_NAME")}
          GROUP BY c.TABLE_NAME, c.CONSTRAINT_NAME, c.UNIQUE_CONSTRAINT_SCHEMA, c.REFERENCED_TABLE_NAME, c.UPDATE_RULE, c.DELETE_RULE`,
    ),
    query(
        "checks",
        `SELECT 'check' AS kind, CONCAT(TABLE_NAME, '.', c.CONSTRAINT_NAME) AS name,
                CONCAT(CONVERT(CHECK_CLAUSE USING utf8mb4), IF(ENFORCED = 'NO', ' NOT ENFORCED', '')) AS definition,
                CONCAT('table ', TABLE_NAME) AS \`of\`
           FROM information_schema.CHECK_CONSTRAINTS c
           JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
          WHERE ${here("CONSTRAINT_SCHEMA")} AND t.CONSTRAINT_TYPE = 'CHECK' AND ${counted("TABLE_NAME")}`,
    ),
    query(
        "partitions",
        `SELECT 'partition' AS kind, CONCAT(TABLE_NAME, '.', PARTITION_NAME, IFNULL(CONCAT('.', SUBPARTITION_NAME), '')) AS name,
                ${facts(
                    "PARTITION_METHOD",
                    "PARTITION_EXPRESSION",
                    labelled("VALUES", "PARTITION_DESCRIPTION"),
                    "SUBPARTITION_METHOD",
                    "SUBPARTITION_EXPRESSION",
                    labelled("POSITION", "PARTITION_ORDINAL_POSITION"),
                )} AS definition,
                CONCAT('table ', TABLE_NAME) AS \`of\`
           FROM information_schema.PARTITIONS
          WHERE ${here("TABLE_SCHEMA")} AND PARTITION_NAME IS NOT NULL AND ${counted("TABLE_NAME")}`,
    ),
    query(
        "views",
        `SELECT 'view' AS kind, TABLE_NAME AS name,
                CONCAT(CONVERT(VIEW_DEFINITION USING utf8mb4), '\\n', ${security("SECURITY_TYPE")},
                       IF(CHECK_OPTION <> 'NONE', CONCAT(', CHECK OPTION ', CHECK_OPTION), '')) AS definition,
                NULL AS \`of\`
           FROM information_schema.VIEWS WHERE ${here("TABLE_SCHEMA")} AND ${counted("TABLE_NAME")}`,
    ),
    query(
        "routines",
        `SELECT LOWER(ROUTINE_TYPE) AS kind, ROUTINE_NAME AS name,
                CONCAT('(', IFNULL((SELECT GROUP_CONCAT(CONCAT_WS(' ', p.PARAMETER_MODE, p.PARAMETER_NAME, CONVERT(p.DTD_IDENTIFIER USING utf8mb4))
                                                        ORDER BY p.ORDINAL_POSITION SEPARATOR ', ')
                                      FROM information_schema.PARAMETERS p
                                     WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME
                                       AND p.ROUTINE_TYPE = r.ROUTINE_TYPE AND p.ORDINAL_POSITION > 0), ''), ')',
                       IF(ROUTINE_TYPE = 'FUNCTION', CONCAT(' RETURNS ', CONVERT(DTD_IDENTIFIER USING utf8mb4)), ''), '\\n',
                       IFNULL(CONVERT(ROUTINE_DEFINITION USING utf8mb4), '(not visible)'), '\\n',
                       ${facts(security("SECURITY_TYPE"), "SQL_DATA_ACCESS", when("IS_DETERMINISTIC = 'YES'", "'DETERMINISTIC'"), reading, when("ROUTINE_COMMENT <> ''", labelled("COMMENT", "QUOTE(ROUTINE_COMMENT)")))}) AS definition,
                NULL AS \`of\`
           FROM information_schema.ROUTINES r WHERE ${here("ROUTINE_SCHEMA")}`,
    ),
    query(
        "triggers",
        `SELECT 'trigger' AS kind, CONCAT(EVENT_OBJECT_TABLE, '.', TRIGGER_NAME) AS name,
                CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', ACTION_ORDER, '\\n', CONVERT(ACTION_STATEMENT USING utf8mb4), '\\n',
                       ${facts(labelled("DEFINER", "DEFINER"), reading)}) AS definition,
                CONCAT('table ', EVENT_OBJECT_TABLE) AS \`of\`
           FROM information_schema.TRIGGERS WHERE ${here("TRIGGER_SCHEMA")}`,
    ),
    query(
        "events",
        `SELECT 'event' AS kind, EVENT_NAME AS name,
                CONCAT(${facts(
                    "EVENT_TYPE",
                    labelled("AT", "EXECUTE_AT"),
                    labelled("EVERY", "CONCAT(INTERVAL_VALUE, ' ', INTERVAL_FIELD)"),
                    labelled("ENDS", "ENDS"),
                    "STATUS",
                    "ON_COMPLETION",
                    labelled("DEFINER", "DEFINER"),
                    labelled("TIME_ZONE", "TIME_ZONE"),
                    reading,
                )}, '\\n', CONVERT(EVENT_DEFINITION USING utf8mb4)) AS definition,
                NULL AS \`of\`
           FROM information_schema.EVENTS WHERE ${here("EVENT_SCHEMA")}`,
    ),
    query("grants", grants),
];
