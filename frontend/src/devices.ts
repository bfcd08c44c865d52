/** The devices page's script. */
import { QrDevices } from "./elements/qr-devices";
import { QrEncrypts } from "./elements/qr-encrypts";

customElements.define("qr-devices", QrDevices);
customElements.define("qr-encrypts", QrEncrypts);
