# Caddy without root and without capabilities: its container lets anybody listen on 80 and 443
# (docker-compose.yml), and the certificates' folder belongs to its own account.
FROM caddy:2.10-alpine
RUN setcap -r /usr/bin/caddy && chown -R 10001:10001 /data /config
USER 10001
