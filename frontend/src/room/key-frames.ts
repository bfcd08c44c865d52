/** A whole picture on every layer of a sender, with the argument that TypeScript does not know. */

/** As in WebRTC Extensions; a browser without it ignores the argument. */
type SetParameters = (
  parameters: RTCRtpSendParameters,
  options: { encodingOptions: { keyFrame: boolean }[] },
) => Promise<void>;

export function askForKeyFrame(sender: RTCRtpSender): void {
  if (sender.track?.kind !== "video") return;
  const parameters = sender.getParameters();
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
  const set = sender.setParameters as SetParameters;
  set.call(sender, parameters, { encodingOptions }).catch(() => {});
}
