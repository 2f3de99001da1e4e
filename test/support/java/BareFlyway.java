import java.util.Arrays;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Flyway as anybody runs it: {@code info}, {@code validate} or {@code migrate} on a folder of scripts. */
public final class BareFlyway {
    private BareFlyway() {}

    public static void main(String[] arguments) {
        FluentConfiguration configuration = Flyway.configure()
            .dataSource(System.getenv("URL"), System.getenv("DATABASE_USER"), System.getenv("PASSWORD"))
            .locations("filesystem:" + arguments[1])
            .placeholders(java.util.Map.of("currency", "EUR"));
        Flyway flyway = configuration.load();
        switch (arguments[0]) {
            case "info":
                System.out.println(Arrays.stream(flyway.info().all())
                    .map(one -> one.getScript() + " " + one.getState().getDisplayName())
                    .collect(Collectors.joining("\n")));
                break;
            case "validate":
                System.out.println(flyway.validateWithResult().getAllErrorMessages());
                break;
            default:
                System.out.println(flyway.migrate().migrationsExecuted);
        }
    }
}
