package aurorapipeline;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import liquibase.database.Database;
import liquibase.sql.Sql;
import liquibase.sqlgenerator.SqlGeneratorChain;
import liquibase.sqlgenerator.core.CreateTableGenerator;
import liquibase.statement.ForeignKeyConstraint;
import liquibase.statement.core.CreateTableStatement;

/**
 * Liquibase's own generator, with the foreign keys in the order of their columns. Liquibase keeps them in a hash set of
 * objects without a hash code of their own, so that each run of Java may show them in another order, and a plan could not
 * be made twice. Named in {@code META-INF/services}.
 */
public final class CreateTable extends CreateTableGenerator {
    private static final Field FOREIGN_KEYS = field("foreignKeyConstraints");

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public Sql[] generateSql(CreateTableStatement statement, Database database, SqlGeneratorChain chain) {
        List<ForeignKeyConstraint> keys = new ArrayList<>(statement.getForeignKeyConstraints());
        if (keys.size() > 1) {
            keys.sort(Comparator
                .comparingInt((ForeignKeyConstraint key) -> statement.getColumns().indexOf(key.getColumn()))
                .thenComparing(ForeignKeyConstraint::getForeignKeyName));
            set(statement, new LinkedHashSet<>(keys));
        }
        return super.generateSql(statement, database, chain);
    }

    private static void set(CreateTableStatement statement, LinkedHashSet<ForeignKeyConstraint> keys) {
        try {
            FOREIGN_KEYS.set(statement, keys);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Field field(String name) {
        try {
            Field field = CreateTableStatement.class.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException missing) {
            throw new IllegalStateException("This version of Liquibase keeps foreign keys in another way.", missing);
        }
    }
}
