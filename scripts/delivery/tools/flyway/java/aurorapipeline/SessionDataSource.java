package aurorapipeline;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.UncheckedIOException;
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
    /** Where a command connects to, and as whom. */
    static final class Login {
        private final String url;
        private final Properties properties = new Properties();

        /** The properties are in Java's format of properties files. */
        Login(String url, String properties, String password) {
            this.url = url;
            try {
                this.properties.load(new StringReader(properties));
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            this.properties.setProperty("user", Settings.variable("DATABASE_USERNAME"));
            this.properties.setProperty("password", password);
        }
    }

    private final Login login;
    private final boolean writes;

    SessionDataSource(Login login, boolean writes) {
        this.login = login;
        this.writes = writes;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(login.url, login.properties);
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
