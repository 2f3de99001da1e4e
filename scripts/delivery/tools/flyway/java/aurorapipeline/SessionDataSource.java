package aurorapipeline;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** The connections of one command: all with its password, and with the engine's settings that keep commits on disk. */
final class SessionDataSource implements DataSource {
    private final String url;
    private final Properties login = new Properties();
    private final boolean writes;

    SessionDataSource(String url, String password, boolean writes) {
        this.url = url;
        this.writes = writes;
        login.setProperty("user", Settings.variable("DATABASE_USERNAME"));
        login.setProperty("password", password);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(url, login);
        if (isReader(connection)) {
            connection.close();
            throw new SQLException("the server that answers is a reader");
        }
        if (writes) {
            Dialect.execute(Dialect.all("keepOnDisk"), connection);
        }
        return connection;
    }

    /** Drivers only ask whether the session can write, which a planner's never can. */
    private static boolean isReader(Connection connection) throws SQLException {
        String query = Dialect.text("readerQuery");
        if (query == null) {
            return false;
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("It wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
