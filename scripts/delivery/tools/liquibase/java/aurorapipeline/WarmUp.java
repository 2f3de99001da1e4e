package aurorapipeline;

import java.nio.ByteBuffer;
import java.security.cert.CertificateFactory;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.yaml.snakeyaml.Yaml;

/**
 * Loads classes that the first command needs late, on the machine's second processor, while Liquibase starts on the
 * first: the JDBC driver, TLS, the login, YAML. It saves a third of a second per deployment. Nothing is kept: it opens
 * no connection, and a failure here occurs again, with its own message, where the class is needed.
 */
final class WarmUp {
    private WarmUp() {}

    static void begin() {
        begin("connection", () -> {
            tls();
            for (String name : Dialect.all("driverClass")) {
                Class.forName(name);
            }
            for (String algorithm : Dialect.all("passwordHash")) {
                login(algorithm);
            }
        });
        begin("changelog", () -> new Yaml().load("databaseChangeLog: [{ include: { file: a } }]"));
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void begin(String what, Work work) {
        Runnable quietly = () -> {
            try {
                work.run();
            } catch (Exception | LinkageError unnecessary) {
                // The code that needs it reports the failure.
            }
        };
        Thread thread = new Thread(quietly, "warm-up-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    /** The first message of a handshake, sent to no one. */
    private static void tls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[0], null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
        CertificateFactory.getInstance("X.509");
    }

    /** Derives a key as a login will. */
    private static void login(String algorithm) throws Exception {
        PBEKeySpec key = new PBEKeySpec("none".toCharArray(), new byte[16], 4096, 256);
        SecretKeyFactory.getInstance(algorithm).generateSecret(key);
    }
}
