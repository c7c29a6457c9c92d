"""Spanish: the words of vendors' mails."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="es",
    small_words="el la los las y es nos su para una un del en que no se por con lo de hola",
    months="""enero | febrero | marzo | abril | mayo | junio | julio | agosto | septiembre setiembre | octubre | noviembre
        | diciembre""",
    short_months="ene | feb | mar | abr | may | jun | jul | ago | sep sept | oct | nov | dic",
    weekdays="lunes | martes | miércoles miercoles | jueves | viernes | sábado sabado | domingo",
    units={
        "day": "día días dia dias",
        "week": "semana semanas",
        "weekend": "weekend",
        "month": "mes meses",
        "quarter": "trimestre trimestres",
        "half": "semestre",
        "year": "año años",
        "hour": "hora horas",
        "minute": "minuto minutos",
    },
    parts={
        "early": "principios inicio inicios comienzos comienzo",
        "mid": "mediados medio mitad",
        "late": "finales fines fin final",
    },
    half_words="semestre mitad quincena",
    next="próximo próxima próximos próximas proximo proxima",
    next_after="próximo próxima entrante siguiente",
    this="este esta",
    last="último última pasado pasada",
    last_after="pasado pasada",
    days_from_now={0: "hoy", 1: "mañana", -1: "ayer", -2: "anteayer"},
    numbers={
        1: "un una uno",
        2: "dos",
        3: "tres",
        4: "cuatro",
        5: "cinco",
        6: "seis",
        7: "siete",
        8: "ocho",
        9: "nueve",
        10: "diez",
        12: "doce",
        14: "catorce",
        15: "quince",
        30: "treinta",
    },
    few="algunos unos pocos",
    ordinals={
        1: "primer primera primero",
        2: "segundo segunda",
        3: "tercer tercera tercero",
        4: "cuarto cuarta",
        -1: "último última",
    },
    in_="en dentro",
    within="",
    by="para",
    until="hasta",
    before="antes",
    after="después despues tras",
    since="desde",
    not_="no",
    ago_before="hace",
    from_now="después",
    on="el al a",
    of="de del la el las los",
    between="entre",
    from_="del desde",
    to="al a hasta",
    and_="y e",
    or_="o u",
    same="mismo misma",
    then="entonces",
    year_cues="en",
    week_names="semana",
    quarter_letters="q t",
    feasts={"12-25": "navidad navidades", "12-24": "nochebuena"},
    articles="el la los las un una",
    cues={
        Cue.FIX: """
            parche parches actualización actualizaciones corregir corregido corregida corregidos corrección correcciones
            corregiremos corregirá solución solucionado solucionada solucionar solucionaremos versión versiones firmware
            hotfix mitigación arreglo arreglar arreglado resuelto resuelta resolver resolución subsanado subsanada build
            update
        """,
        Cue.RELEASE: """
            lanzamiento lanzar lanzado lanzada lanzaremos lanzará saldrá sale salir salió disponible disponibles liberar
            liberado liberada liberaremos liberación desplegado desplegada desplegar despliegue entrega entregado
            entregaremos integrado integrada incluido incluida incluirá incluiremos distribuir distribuido subido subida
            fusionado producción
        """,
        Cue.PUBLISH: "publicar publicado publicada publicaremos publicará publique publicación",
        Cue.DISCLOSE: """
            aviso boletín embargo divulgación divulgar divulguen público pública anuncio anunciar comunicado artículo
        """,
        Cue.WORK: "trabajando trabajamos desarrollo pruebas terminar terminado terminaremos tener_listo listo lista",
        Cue.OTHER: """
            reportado reporte recibido recibimos reunión respuesta responder responderemos vacaciones festivo oficina
            informaremos avisaremos contactaremos contactar revisar revisando revisaremos investigando analizando
            análisis llamada volveré volveremos enviado escribió correo mensaje ausente
        """,
        Cue.FLAW: "vulnerabilidad vulnerabilidades fallo fallos problema error brecha",
        Cue.MOVE: "aplazado aplazada pospuesto pospuesta retrasado retrasada retraso mover movido posponer aplazar",
        Cue.HOLD: "esperar espere esperen aguardar confidencial",
        Cue.FUTURE: """
            será estará serán estarán va vamos previsto prevista previstos prevemos planeado planeada planeamos
            programado programada planificado planificada tenemos_previsto saldrá publicaremos lanzaremos corregiremos
            incluirá llegará habrá
        """,
        Cue.PAST: "fue fueron ha han hemos había se_ha estaba era",
        Cue.DONE: """
            corregido corregida publicado publicada lanzado lanzada liberado liberada desplegado solucionado solucionada
            resuelto disponible entregado integrado incluido subido salió fusionado subsanada
        """,
        Cue.HEDGE: """
            probablemente debería deberían esperamos espero intentaremos quizás quizá tal_vez tentativa tentativamente
            estimada estimado estimamos podría podrían aproximadamente alrededor confiamos objetivo posible posiblemente
            en_principio si_todo_va_bien orientativa
        """,
        Cue.NEGATION: "no ningún ninguna nunca ni tampoco sin_fecha",
        Cue.UNLIKELY: "imposible improbable descartado rechazamos",
        Cue.REQUEST: "pedimos solicitamos rogamos favor agradeceríamos podrían podría pediríamos",
        Cue.AGREE: "acuerdo acordado conforme aceptamos parece_bien",
        Cue.CONDITION: "si salvo siempre_que depende sujeto",
        Cue.THEIRS: "su sus vuestro vuestra ustedes usted tu",
        Cue.HEARSAY: "proveedor",
    },
    carriers="""
        parche parches actualización actualizaciones corrección solución versión versiones firmware hotfix mitigación build
        arreglo update
    """,
    be="ser estar siendo",
    have="ha han hemos",
    future_endings="ará erá irá arán erán irán aremos iremos eremos",
    things="vulnerabilidad vulnerabilidades fallo problema problemas",
    but="pero sin_embargo aunque mientras porque pues",
    joins="y que nos lo la el este esta luego después aunque",
    subjects="nos lo la el será publicaremos les te",
    leads="debido_a como ya_que dado_que cuando una_vez tras después_de",
    abbreviations="ref núm num art aprox ene feb mar abr jun jul ago sept oct nov dic sr sra vs",
    phrases={
        Says.CONFIRMED: """
            (confirmamos|confirmo|confirmado|confirmada) [la|el|que|esta|su|este] ~ (vulnerabilidad|fallo|problema|
                error|existencia|hallazgo|reporte)
            (hemos|pudimos|podido|conseguido|logrado) [podido] (confirmar|confirmado|reproducir|reproducido|
                verificar|verificado|replicar|validar)
            (vulnerabilidad|fallo|problema|error|hallazgo) ~ (confirmada|confirmado|válido|válida|real|
                reproducido) ! (no)
            (es|se trata de) [efectivamente|un|una] (una vulnerabilidad|un fallo|un error|real|válido|vulnerable)
            (buen|gran) (hallazgo|trabajo)
            (tiene|tienen|tienes) razón
        """,
        Says.REJECTED: """
            (no|ningún|ninguna|tampoco) ~ (vulnerabilidad|fallo de seguridad|problema de seguridad|riesgo|
                explotable|impacto) ! (corregid*|publicar|reproducir|reproducid*|todavía|aún|recibid*|divulgar)
            (comportamiento|funcionamiento) (esperado|normal|previsto|documentado)
            (fuera del|fuera de) (alcance|programa|ámbito)
            (no será|no se|no vamos a|no corregiremos|no tenemos previsto|no está previsto) ~ (corregida|corregido|
                corregirá|corregir|solucionar|parche|corregirlo|arreglar)
            (ya no|sin) (soporte|mantenimiento|mantenemos|mantenido)
            (por diseño|falso positivo|teórico|fin de vida|fin de soporte|buena práctica)
            (requiere|necesita|exige) ~ (administrador|privilegios|acceso físico|root)
            (cerramos|cerrado|rechazado|rechazamos|descartamos) [el|este|su] (caso|ticket|reporte|informe)
            (no cumple) ~ (criterios|requisitos|definición)
        """,
        Says.DUPLICATE: """
            ya (conocido|conocida|conocíamos|reportado|reportada|notificado|notificada|fue reportado|fue reportada|
                identificado|teníamos|estaba)
            (duplicado|duplicada)
            (mismo|misma) (problema|vulnerabilidad|fallo) ~ (reportado|reportó|otro|ya|recibido)
            (otro|anterior) (investigador|reporte|informe) ~ (reportó|ya|antes|mismo|misma)
        """,
        Says.NEEDS_INFO: """
            (podría|podrían|puede|pueden|podrías|puedes|por favor|favor de|agradeceríamos) ~ (enviar|enviarnos|
                proporcionar|indicar|indicarnos|facilitar|detallar|aclarar|confirmar si|compartir|explicar|adjuntar|
                probar|verificar)
            (necesitamos|falta|faltan|requerimos) ~ (información|detalles|pasos|prueba|versión|datos)
            (no hemos|no logramos|no conseguimos|no podemos|no pudimos) ~ (reproducir|reproducirlo|replicar)
            (qué|cuál) (versión|versiones|configuración)
        """,
        Says.QUESTION: "(qué versión|cuál es|cómo|podría|podrían|puede|ha probado|han probado|tiene alguna)",
        Says.DEFERRED: "(baja prioridad|prioridad baja|más adelante|aplazamos)",
        Says.ARRIVED: """
            (gracias|agradecemos|agradezco) (por|su|el|la|tu|que)
            (hemos|he) recibido
            (recibido|recibimos) [su|el|tu] (reporte|correo|informe|mensaje)
            (acusamos|acuso) recibo
            (estamos|lo estamos|vamos a) (revisando|analizando|investigando|revisar|analizar|investigar)
            (remitido|trasladado|enviado|escalado) [a|al] [nuestro|equipo]
        """,
        Says.NOTHING_CAME: "no (hemos|he) recibido (nada|ningún|ninguna|su|el)",
        Says.WRITE_PLAIN: """
            (por favor|podría|puede|podrían) ~ (sin cifrar|sin cifrado|en texto plano|texto claro|no cifrar)
        """,
        Says.UNREADABLE: "(no podemos|no pudimos|no hemos podido) ~ (descifrar|abrir|leer)",
        Says.CREDIT: "(agradecimientos|crédito|créditos|acreditar|mencionarle|salón de la fama)",
        Says.KEY: "(nuestra|mi|adjunto) [clave|llave] (pública|pgp|gpg|openpgp)",
        Says.NO_DATE: """
            (no tenemos|no hay|no podemos|sin|no disponemos|todavía no|aún no) ~ (fecha|plazo|calendario|plazos|
                fechas)
        """,
        Says.WILL_NOT: """
            (no será|no se|no vamos a|no corregiremos) ~ (corregida|corregido|corregirá|corregir|solucionará|parche)
        """,
        Says.LATER: """
            (pronto|próximamente|en breve|lo antes posible|cuanto antes)
            (próxima|siguiente|futura|próximo) (versión|actualización|entrega|release|lanzamiento|parche)
        """,
        Says.OUT_NOW: """
            (ya está|está ya|ya|ahora) (disponible|publicado|publicada|en producción|desplegado|liberado)
            (acabamos|acaba) de (publicar|lanzar|liberar|subir)
        """,
        Says.SEND: """
            (enviar|envíe|envíen|escriba|escribir|contacte|contactar|reporte|reportar|utilice|dirigirse|diríjase)
        """,
        Says.ASKING: "(por favor|puede|pueden|favor de|rogamos|debe|a través|mediante)",
        Says.RATHER_NOT: "(no es necesario|no hace falta)",
        Says.LEAVING: "(pregunta|preguntas|más información|consulte)",
        Says.RECEIPT: "(recibo|recepción|recibido|fecha|parche|publicación|embargo)",
        Says.ASIDE: "(publicar|divulgar|embargo|fecha|crédito|cerrar|reunión|acuerdo)",
        Says.NOT: "(no|ningún|ninguna|nunca|sin|tampoco)",
        Says.CONDITION: "(si|cuando|una vez|salvo)",
        Says.NOT_YET: "(vamos a|intentaremos|para poder|intentando)",
        Says.SOFT: """
            (sujeto a|sin garantía|sin compromiso|puede cambiar|podría cambiar|si todo va bien|orientativa)
        """,
        Says.WOULD: "(podría|como pronto|sería)",
        Says.GOAL: "(previsto|prevista|esperamos|objetivo|debería|planeado|probablemente|estimada)",
        Says.YES: "(de acuerdo|conforme|aceptamos|sin objeciones|nos parece bien)",
        Says.OURS: "(su|sus|vuestra) ~ (fecha|publicación|plazo|artículo|embargo)",
        Says.SHARED: "(con ustedes|con usted|coordin*|conjunta*)",
        Says.TOPIC: """
            (corre*|vulnerab*|fallo*|versión|versiones|report*|seguridad|problema*|public*|parche*|actualiz*)
        """,
        Says.SPEAKER: "(nosotros|hemos|gracias|nuestro|nuestra|estamos|su)",
        Says.ASSIGNED: "(número|referencia|caso|ticket|incidencia|su|registrado|abierto)",
    },
)
