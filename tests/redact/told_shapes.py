"""More shapes, made by hand: secrets told in sentences of many languages, and handed to commands.

The slots are those of `shapes`.
"""

from __future__ import annotations

TOLD_SHAPES: dict[str, str] = {
    # what people say in other languages
    "dutch": "wachtwoord: <typed>",
    "swedish": "lösenordet är <typed>",
    "polish": "hasło to <typed>",
    "czech": "Heslo: <typed>",
    "italian": "la password è <typed>",
    "romanian": "Parola: <typed>",
    "turkish": "şifre: <typed>",
    "danish": "adgangskode: <typed>",
    "norwegian": "Passordet er <typed>",
    "finnish": "salasana: <typed>",
    "hungarian": "jelszó: <typed>",
    "russian": "пароль <typed>",
    "russian key": "ключ API: <key>",
    "chinese": "密码是<typed>",
    "chinese key": "API密钥\uff1a<key>",
    "japanese": "パスワードは <typed> です",
    "japanese key": "APIキー: <key>",
    "korean": "비밀번호: <typed>",
    "vietnamese": "mật khẩu: <typed>",
    "arabic": "كلمة المرور: <typed>",
    "spanish word": "la clave es <typed>",
    "french key": "clé API : <key>",
    "german key behind mein": "mein API-Schlüssel: <key>",
    # sentences that name a user, or say what it was behind it
    "said behind": "use <typed> as the password",
    "credentials behind": "ada:<typed> are the credentials",
    "user and pass": "user ada, pass <typed>",
    "credentials and": "credentials are ada and <typed>",
    "key with a remark": "Token (read only): <key>",
    "key behind an arrow": "Token for CI → <key>",
    # directives, forms, and commands of package managers
    "c define": '#define WIFI_PASS "<typed>"',
    "dockerfile old form": "ENV DB_PASSWORD <typed>",
    "html input": '<input type="password" value="<typed>">',
    "java property": 'System.setProperty("api.key", "<key>")',
    "ldif": "userPassword:: <b64>=",
    "poetry": "poetry config pypi-token.pypi <key>",
    "bundler config": "bundle config gems.x.io ada:<typed>",
    "composer config": "composer config http-basic.x.io ada <typed>",
    "dotnet": 'dotnet user-secrets set "Api:Key" "<key>"',
    "aws parameter": "aws ssm put-parameter --name x --value <key> --type SecureString",
    "aws secret": "aws secretsmanager put-secret-value --secret-string '<typed>'",
    "twine": "twine upload dist/* -u __token__ -p <key>",
}
