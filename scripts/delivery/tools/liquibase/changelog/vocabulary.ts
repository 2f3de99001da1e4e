import { closest, distance } from "fastest-levenshtein";

/** The words that Liquibase knows at one place of a changelog; it ignores case, and every other word without a message. */
export class Words {
    private readonly known: Set<string>;

    constructor(private readonly words: readonly string[]) {
        this.known = new Set(words.map((word) => word.toLowerCase()));
    }

    has(word: string): boolean {
        return this.known.has(word.toLowerCase());
    }

    /** The word that was probably meant. */
    nearest(word: string): string | undefined {
        const lower = word.toLowerCase();
        const found = this.words.find((one) => one.toLowerCase() === closest(lower, [...this.known]));
        const most = word.length < 5 ? 1 : word.length < 9 ? 2 : 3;
        return found !== undefined && distance(lower, found.toLowerCase()) <= most ? found : undefined;
    }
}

/** Databases that Liquibase or one of its published extensions knows, and its words for all and none of them. */
export const databases = new Words(
    (
        "postgresql mysql mariadb oracle mssql h2 hsqldb derby sqlite db2 db2z db2i sybase asany informix firebird " +
        "cockroachdb snowflake enterprisedb edb ingres redshift cassandra cosmosdb mongodb dynamodb bigquery " +
        "databricks spanner cloudspanner hive impala vertica teradata hana hdb maxdb cache iris neo4j sqlanywhere " +
        "clickhouse duckdb yugabytedb percona azuresql singlestore exasol trino dremio ydb all none unsupported mock"
    ).split(" "),
);

/** Of a changeset's first line in formatted SQL. */
export const headlineAttributes = new Words(
    (
        "stripComments splitStatements rollbackSplitStatements endDelimiter rollbackEndDelimiter runWith " +
        "runWithSpoolFile runOnChange runAlways context contextFilter logicalFilePath labels runInTransaction dbms " +
        "ignore failOnError created"
    ).split(" "),
);

/** Of `--preconditions`. */
export const preconditionAttributes = new Words(["onFail", "onError", "onUpdate", "onUpdateSQL", "onSqlOutput"]);

export const directives = new Words([
    ...["changeset", "rollback", "preconditions", "validCheckSum", "ignoreLines"],
    ...["precondition-sql-check", "precondition-table-exists", "precondition-view-exists"],
]);

/** Keys of a changeset beside its changes, in XML, YAML and JSON. */
export const changesetKeys = new Words(
    (
        "id author context contextFilter labels dbms runOnChange runAlways alwaysRun runInTransaction failOnError " +
        "ignore created logicalFilePath objectQuotingStrategy onValidationFail runWith runWithSpoolFile runOrder " +
        "comment preConditions validCheckSum validCheckSums rollback modifySql changes"
    ).split(" "),
);

export const rootKeys = new Words(
    (
        "changeSet include includeAll property preConditions logicalFilePath objectQuotingStrategy " +
        "removeChangeSetProperty modifyChangeSets context contextFilter labels changeLogId schemaLocation xmlns"
    ).split(" "),
);

export const entryKeys: Readonly<Record<string, Words>> = {
    include: new Words(
        "file relativeToChangelogFile context contextFilter labels ignore logicalFilePath errorIfMissing".split(" "),
    ),
    includeAll: new Words(
        (
            "path relativeToChangelogFile context contextFilter labels ignore logicalFilePath errorIfMissingOrEmpty " +
            "filter resourceFilter resourceComparator minDepth maxDepth endsWithFilter"
        ).split(" "),
    ),
    property: new Words(
        "name value file context contextFilter labels dbms global relativeToChangelogFile errorIfMissing".split(" "),
    ),
};

/** Of changes and preconditions, and of all that is written in them. A test compares them with Liquibase's own schema. */
export const changeKeys = new Words(
    (
        "addAutoIncrement addColumn addDefaultValue addForeignKeyConstraint addLookupTable " +
        "addNotNullConstraint addPrimaryKey addUniqueConstraint afterColumn allowUpdate alterSequence and " +
        "append applyToRollback arg args associatedWith author autoIncrement baseColumnNames " +
        "baseTableCatalogName baseTableName baseTableSchemaName beforeColumn cacheSize cascadeConstraints " +
        "catalogName change changeLogFile changeLogId changeLogPropertyDefined changeSet changeSetAuthor " +
        "changeSetExecuted changeSetId changeSetPath checkConstraint class className clustered column " +
        "column1Name column2Name columnDataType columnExists columnName columnNames columnParentType columns " +
        "comment commentLineStartsWith computed constraintName constraints context contextFilter created " +
        "createIndex createProcedure createSequence createTable createView customChange customPrecondition " +
        "cycle dataType dbms defaultNullValue defaultOnNull defaultValue defaultValueBoolean " +
        "defaultValueComputed defaultValueConstraintName defaultValueDate defaultValueNumeric " +
        "defaultValueSequenceCurrent defaultValueSequenceNext deferrable delete deleteCascade descending " +
        "disabled dropAllForeignKeyConstraints dropColumn dropDefaultValue dropForeignKeyConstraint dropIndex " +
        "dropNotNullConstraint dropPrimaryKey dropProcedure dropSequence dropTable dropUniqueConstraint " +
        "dropView empty encoding endDelimiter endsWithFilter errorIfMissing errorIfMissingOrEmpty executable " +
        "executeCommand existingColumnName existingTableCatalogName existingTableName existingTableSchemaName " +
        "expectedQuotingStrategy expectedResult expectedRows failOnError file filter finalColumnName " +
        "finalColumnType foreignKeyConstraintExists foreignKeyName foreignKeyTableName forIndexCatalogName " +
        "forIndexName forIndexSchemaName fullDefinition generationType global header id ifExists ifNotExists " +
        "ignore include includeAll included incrementBy index indexExists indexName initiallyDeferred insert " +
        "joinString keepTagOnRollback labels loadData loadUpdateData logicalFilePath maxDepth maxValue " +
        "mergeColumns message minDepth minValue modifyChangeSets modifyDataType modifySql name " +
        "newColumnDataType newColumnName newDataType newSequenceName newTableCatalogName newTableName " +
        "newTableSchemaName newViewName not notNullConstraintName nullable nullPlaceholder " +
        "objectQuotingStrategy oldColumnName oldSequenceName oldTableName oldViewName onDelete onError " +
        "onErrorMessage onFail onFailMessage onlyUpdate onSqlOutput onUpdate onValidationFail or ordered os " +
        "output param params path position preConditions prepend primaryKey primaryKeyExists primaryKeyName " +
        "primaryKeyTablespace procedureBody procedureName procedureText property quotchar " +
        "referencedColumnNames referencedTableCatalogName referencedTableName referencedTableSchemaName " +
        "references referencesUniqueColumn regExpReplace relativeToChangelogFile remarks remove " +
        "removeChangeSetProperty renameColumn renameSequence renameTable renameView replace replaceIfExists " +
        "resourceComparator rollback rowCount rowDependencies runAlways runInTransaction runningAs " +
        "runOnChange runOrder runWith runWithSpoolFile schemaName selectQuery separator sequenceExists " +
        "sequenceName setColumnRemarks setTableRemarks skip splitStatements sql sqlCheck sqlFile startValue " +
        "startWith stop strategy stripComments tableExists tableIsEmpty tableName tablespace tableType tag " +
        "tagDatabase target timeout type unique uniqueColumns uniqueConstraintExists uniqueConstraintName " +
        "update usePreparedStatements username using validate validateForeignKey validateNullable " +
        "validatePrimaryKey validateUnique validCheckSum value valueBlobFile valueBoolean valueClobFile " +
        "valueComputed valueDate valueNumeric valueSequenceCurrent valueSequenceNext viewExists viewName " +
        "where whereClause whereParams with"
    ).split(" "),
);

export const constraintKeys = new Words(
    (
        "nullable notNullConstraintName primaryKey primaryKeyName primaryKeyTablespace references referencedTableCatalogName " +
        "referencedTableSchemaName referencedTableName referencedColumnNames unique uniqueConstraintName checkConstraint " +
        "deleteCascade foreignKeyName initiallyDeferred deferrable validateNullable validateUnique validatePrimaryKey " +
        "validateForeignKey"
    ).split(" "),
);
