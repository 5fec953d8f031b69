import com.restfb.DefaultFacebookClient;
import com.restfb.Parameter;
import com.restfb.Version;
import com.restfb.json.JsonObject;
import com.restfb.types.send.IdMessageRecipient;
import com.restfb.types.send.Message;

final class RestFb {
  public static void main(String[] arguments) {
    String value = arguments[2];
    var client = new DefaultFacebookClient(System.getenv("PAGE_TOKEN"), System.getenv("APP_SECRET"), Version.LATEST);
    var recipient = Parameter.with("recipient", new IdMessageRecipient(arguments[1]));
    if (arguments[0].equals("send")) {
      client.publish("me/messages", JsonObject.class, recipient, Parameter.with("message", new Message(value)));
    } else {
      client.publish("me/pass_thread_control", JsonObject.class, recipient, Parameter.with("target_app_id", value));
    }
  }
}
