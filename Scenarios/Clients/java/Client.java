import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** One TLS connection: asks for a path and prints what comes back. */
public final class Client {
    public static void main(String[] arguments) throws Exception {
        String host = arguments[0];
        int port = Integer.parseInt(arguments[1]);
        Map<String, String> options = new HashMap<>();
        for (int index = 3; index < arguments.length; index++) {
            String[] parts = arguments[index].split("=", 2);
            options.put(parts[0], parts[1]);
        }
        // The name is what is verified; without one it is the address.
        String name = options.getOrDefault("name", host);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(options), trust(options.get("ca")), null);
        Socket connection = new Socket(host, port);
        SSLSocket stream = (SSLSocket) context.getSocketFactory().createSocket(connection, name, port, true);
        SSLParameters parameters = stream.getSSLParameters();
        parameters.setProtocols(options.get("versions").split(","));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(options.containsKey("name") ? List.of(new SNIHostName(name)) : List.of());
        if (options.containsKey("alpn")) {
            parameters.setApplicationProtocols(options.get("alpn").split(","));
        }
        stream.setSSLParameters(parameters);
        stream.startHandshake();
        String request = "GET " + arguments[2] + " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        stream.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        stream.getOutputStream().flush();
        InputStream input = stream.getInputStream();
        byte[] buffer = new byte[65536];
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
            System.out.write(buffer, 0, count);
            System.out.flush();
        }
        stream.close();
    }

    private static javax.net.ssl.TrustManager[] trust(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static javax.net.ssl.KeyManager[] keys(Map<String, String> options) throws Exception {
        if (!options.containsKey("certificate")) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "client", key(options.get("key")), new char[0], certificates(options.get("certificate")).toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static List<Certificate> certificates(String file) throws Exception {
        try (InputStream input = Files.newInputStream(Path.of(file))) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(input));
        }
    }

    /** A key in PKCS #8 (RFC 5958), of either kind that the recipes have. */
    private static PrivateKey key(String file) throws Exception {
        String text = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec bytes = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(bytes);
        } catch (java.security.spec.InvalidKeySpecException notEllipticCurve) {
            return KeyFactory.getInstance("RSA").generatePrivate(bytes);
        }
    }
}
