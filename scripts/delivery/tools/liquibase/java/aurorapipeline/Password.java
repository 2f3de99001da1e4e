package aurorapipeline;

import java.util.Arrays;
import liquibase.configuration.AbstractConfigurationValueProvider;
import liquibase.configuration.ProvidedValue;

/**
 * Gives Liquibase the password of the current command. It is neither a system property nor an environment variable,
 * because a changelog can read those as parameters ({@code ${liquibase.command.password}}).
 */
final class Password extends AbstractConfigurationValueProvider {
    private static final String KEY = "liquibase.command.password";

    private volatile String value = "";

    void set(String password) {
        value = password;
    }

    /** The option of Liquibase's own command line. */
    @Override
    public int getPrecedence() {
        return 250;
    }

    @Override
    public ProvidedValue getProvidedValue(String... keyAndAliases) {
        return Arrays.asList(keyAndAliases).contains(KEY)
            ? new ProvidedValue(keyAndAliases[0], KEY, value, "The command's password", this)
            : null;
    }
}
