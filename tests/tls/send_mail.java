// Send a message with Jakarta Mail, after STARTTLS and a login. Arguments: port, file of the CA, file to attach or "".

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

public class SendMail {
    static SSLSocketFactory trusting(String file) throws Exception {
        var keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (var opened = new FileInputStream(file)) {
            keys.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(opened));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        settings.put("mail.smtp.host", "localhost");
        settings.put("mail.smtp.port", arguments[0]);
        settings.put("mail.smtp.auth", "true");
        settings.put("mail.smtp.starttls.enable", "true");
        settings.put("mail.smtp.starttls.required", "true");
        settings.put("mail.smtp.ssl.checkserveridentity", "true");
        settings.put("mail.smtp.ssl.socketFactory", trusting(arguments[1]));

        var message = new MimeMessage(Session.getInstance(settings));
        message.setFrom(new InternetAddress("shop@example.com"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("jane@example.com"));
        message.setSubject("Welcome");
        var lines = "one\ntwo\r\nthree\r.\n..four\nfive";
        if (arguments[2].isEmpty()) {
            message.setText(lines);
        } else {
            var text = new MimeBodyPart();
            text.setText(lines);
            var attachment = new MimeBodyPart();
            attachment.attachFile(arguments[2]);
            message.setContent(new MimeMultipart(text, attachment));
        }
        Transport.send(message, "jane", "secret");
    }
}
