package aurorapipeline;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * The sockets of the JDBC driver ({@code socketFactory}), which know how long they have waited for the server, and can
 * be closed from another thread. The driver's own {@code socketTimeout} would end every longer statement, and without
 * one a driver waits forever for a vanished server. The parent decides whether a silent server still works.
 */
public final class Sockets extends SocketFactory {
    private static final Set<Watched> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicLong SENT = new AtomicLong();
    /** A vanished host is detected after 30 + 3 * 10 seconds, as on the server's side. */
    private static final int KEEPALIVE_IDLE_SECONDS = 30;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEPALIVE_COUNT = 3;

    /** The longest wait of any socket, in milliseconds. */
    static long waitedMillis() {
        long now = System.nanoTime();
        return OPEN.stream().mapToLong(socket -> socket.waited(now)).max().orElse(0) / 1_000_000;
    }

    /** How often something has been sent to the server so far. */
    static long sent() {
        return SENT.get();
    }

    /** Closes all of them: waiting threads get an exception, as if the connection had been interrupted. */
    static void abort() {
        for (Watched socket : OPEN) {
            try {
                socket.close();
            } catch (IOException closed) {
                // The socket is useless either way.
            }
        }
    }

    @Override
    public Socket createSocket() {
        return new Watched();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    private static Socket connected(SocketAddress remote, SocketAddress local) throws IOException {
        Socket socket = new Watched();
        socket.bind(local);
        socket.connect(remote);
        return socket;
    }

    private static final class Watched extends Socket {
        /** When the current wait in it began, as {@link System#nanoTime}; 0 if no thread waits. */
        private volatile long since;

        long waited(long now) {
            long start = since;
            return start == 0 ? 0 : Math.max(0, now - start);
        }

        private void begin() {
            since = System.nanoTime() | 1;
        }

        private void end() {
            since = 0;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            OPEN.add(this);
            begin();
            try {
                super.connect(endpoint, timeout);
            } catch (IOException | RuntimeException exception) {
                OPEN.remove(this);
                throw exception;
            } finally {
                end();
            }
            setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            set(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
            set(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
            set(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
        }

        private void set(SocketOption<Integer> option, int value) throws IOException {
            if (supportedOptions().contains(option)) {
                setOption(option, value);
            }
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    begin();
                    try {
                        return in.read();
                    } finally {
                        Watched.this.end();
                    }
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    begin();
                    try {
                        return in.read(bytes, offset, length);
                    } finally {
                        Watched.this.end();
                    }
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    SENT.incrementAndGet();
                    begin();
                    try {
                        out.write(bytes, offset, length);
                    } finally {
                        Watched.this.end();
                    }
                }
            };
        }

        @Override
        public synchronized void close() throws IOException {
            OPEN.remove(this);
            super.close();
        }
    }
}
