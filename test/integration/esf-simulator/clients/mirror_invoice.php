<?php
// Logs in, uploads one invoice and asks for its status with php-soap. One JSON argument says where and what.
$task = json_decode($argv[1], true);

function client(array $task, string $name): SoapClient
{
    return new SoapClient($task['wsdl'][$name], [
        'location' => $task['url'] . '/' . $name,
        'cache_wsdl' => WSDL_CACHE_NONE,
        'exceptions' => true,
        'connection_timeout' => 20,
    ]);
}

$wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
$token = '<o:Security xmlns:o="' . $wsse . '" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:mustUnderstand="1">'
    . '<o:UsernameToken><o:Username>' . $task['iin'] . '</o:Username><o:Password>' . $task['password']
    . '</o:Password></o:UsernameToken></o:Security>';

$sessions = client($task, 'SessionService');
$sessions->__setSoapHeaders([new SoapHeader($wsse, 'Security', new SoapVar($token, XSD_ANYXML), true)]);
$uploads = client($task, 'UploadInvoiceService');
$invoices = client($task, 'InvoiceService');

$sessionId = $sessions->createSession(['tin' => $task['tin'], 'x509Certificate' => $task['certificate']])->sessionId;
$info = [
    'invoiceBody' => $task['body'],
    'version' => 'InvoiceV2',
    'signature' => $task['signature'],
    'signatureType' => 'COMPANY',
];
$upload = $uploads->syncInvoice([
    'sessionId' => $sessionId,
    'invoiceUploadInfoList' => ['invoiceUploadInfo' => [$info, $info]],
    'x509Certificate' => $task['certificate'],
]);
$accepted = $upload->acceptedSet->standardResponse;
$declined = $upload->declinedSet->standardResponse;
$summary = $invoices->queryInvoiceSummaryById(['sessionId' => $sessionId, 'idList' => ['id' => [$accepted->id]]]);
$found = $summary->invoiceSummaryList->invoiceSummary;
$updates = $invoices->queryUpdates([
    'sessionId' => $sessionId,
    'lastEventDate' => '2026-01-01T00:00:00Z',
    'direction' => 'OUTBOUND',
    'fullInfoOnStatusChange' => true,
]);
$answer = [
    'sessionId' => $sessionId,
    'accepted' => [(string) $accepted->id],
    'declined' => [$declined->errors->error->errorCode],
    'status' => [[$found->invoiceStatus, $found->registrationNumber]],
    'bodies' => [$updates->invoiceInfoList->invoiceInfo->invoiceBody],
];
try {
    $invoices->queryInvoiceSummaryById(['sessionId' => 'nobody', 'idList' => ['id' => [1]]]);
} catch (SoapFault $fault) {
    $answer['fault'] = [$fault->getMessage(), $fault->detail->sessionClosedException->description];
}
$answer['closed'] = $sessions->closeSession(['sessionId' => $sessionId])->status;
echo json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
